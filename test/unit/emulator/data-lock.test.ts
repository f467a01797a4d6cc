import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataFolderError, DataInUseError, lockData } from "../../../lib/emulator/data-lock.ts";
import { explain } from "../../../lib/emulator/output/explain-error.ts";

const MODULE = new URL("../../../lib/emulator/data-lock.ts", import.meta.url).href;

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "order-events-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const pidFile = () => join(folder, "emulator.pid");

/** A process that asks for the folder at `at` (ms), says how that went, and then stays. */
function contender(at = 0) {
  const script = `
    import { lockData } from ${JSON.stringify(MODULE)};
    while (Date.now() < ${at});
    const said = await lockData(${JSON.stringify(folder)}).then(() => "won", ({ name }) => name);
    process.stdout.write(said);
    setInterval(() => {}, 1_000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const said = once(child.stdout, "data").then(([data]) => String(data));
  return { child, said };
}

test("the folder of an emulator's state is refused while another process holds it, and that one is named", async () => {
  const { child, said } = contender();
  await said;

  const refused = lockData(folder);

  await expect(refused).rejects.toThrow(DataInUseError);
  await expect(refused).rejects.toThrow(`process id ${child.pid}`);
});

test("of processes that ask for one folder at the same time exactly one gets it", async () => {
  const at = Date.now() + 1_500;

  const said = await Promise.all(Array.from({ length: 4 }, () => contender(at).said));

  expect(said.sort()).toEqual(["DataInUseError", "DataInUseError", "DataInUseError", "won"]);
});

test("a folder whose emulator was killed is free at once", async () => {
  const { child, said } = contender();
  await said;
  child.kill("SIGKILL");
  await once(child, "exit");

  const lock = await lockData(folder);
  expect(readFileSync(pidFile(), "utf8")).toBe(String(process.pid));

  await lock.close();
  expect(() => readFileSync(pidFile())).toThrow("ENOENT");
});

test("a process id that was given again after a kill does not block the folder", async () => {
  writeFileSync(pidFile(), String(process.ppid));

  const lock = await lockData(folder);

  expect(readFileSync(pidFile(), "utf8")).toBe(String(process.pid));
  await lock.close();
});

test("a folder that was given back can be taken again", async () => {
  await (await lockData(folder)).close();

  const again = await lockData(folder);

  await expect(lockData(folder)).rejects.toThrow(DataInUseError);
  await again.close();
});

test.each(["a-file", "a-file/below"])("%s instead of a folder is refused in one line", async (name) => {
  writeFileSync(join(folder, "a-file"), "");

  const error = await lockData(join(folder, name)).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(DataFolderError);
  expect(explain(error)).toMatch(/a-file.*cannot hold the emulator's state.*Give --data a folder/);
  expect(explain(error)).not.toContain("\n");
});
