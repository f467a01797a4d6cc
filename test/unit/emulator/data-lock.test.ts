import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataFolderError, DataInUseError, lockData } from "../../../lib/emulator/data-lock.ts";
import { explain } from "../../../lib/emulator/output/explain-error.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const MODULE = new URL("../../../lib/emulator/data-lock.ts", import.meta.url).href;

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const pidFile = () => join(folder, "emulator.pid");

/** A process that locks the folder at `at` (ms), prints the result after a garbage collection, and keeps running. */
function contender(at = 0) {
  const script = `
    import { lockData } from ${JSON.stringify(MODULE)};
    while (Date.now() < ${at});
    const result = await lockData(${JSON.stringify(folder)}).then(() => "won", ({ name }) => name);
    globalThis.gc();
    await new Promise(setImmediate);
    process.stdout.write(result);
    setInterval(() => {}, 1_000);
  `;
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const result = once(child.stdout, "data").then(([data]) => String(data));
  return { child, result };
}

test("a folder that another process has locked is refused with the id of that process", async () => {
  const { child, result } = contender();
  await result;

  const refused = lockData(folder);

  await expect(refused).rejects.toThrow(DataInUseError);
  await expect(refused).rejects.toThrow(`process id ${child.pid}`);
});

test("of processes that lock one folder at the same time, exactly one succeeds", async () => {
  const at = Date.now() + 1_500;

  const result = await Promise.all(Array.from({ length: 4 }, () => contender(at).result));

  expect(result.sort()).toEqual(["DataInUseError", "DataInUseError", "DataInUseError", "won"]);
});

test("a killed emulator releases its folder at once", async () => {
  const { child, result } = contender();
  await result;
  child.kill("SIGKILL");
  await once(child, "exit");

  const lock = await lockData(folder);
  expect(readFileSync(pidFile(), "utf8")).toBe(String(process.pid));

  await lock.close();
  expect(() => readFileSync(pidFile())).toThrow("ENOENT");
});

test("a reused process id does not block the folder", async () => {
  writeFileSync(pidFile(), String(process.ppid));

  const lock = await lockData(folder);

  expect(readFileSync(pidFile(), "utf8")).toBe(String(process.pid));
  await lock.close();
});

test("a released folder can be locked again", async () => {
  await (await lockData(folder)).close();

  const again = await lockData(folder);

  await expect(lockData(folder)).rejects.toThrow(DataInUseError);
  await again.close();
});

test.each(["a-file", "a-file/below"])(
  "%s instead of a folder is refused with a message of one line",
  async (name) => {
    writeFileSync(join(folder, "a-file"), "");

    const error = await lockData(join(folder, name)).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(DataFolderError);
    expect(explain(error)).toMatch(
      /a-file.*cannot hold the emulator's state.*Choose a writable or a new folder with --data/,
    );
    expect(explain(error)).not.toContain("\n");
  },
);
