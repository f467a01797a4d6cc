import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataInUseError, lockData } from "../../../lib/local/data-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "order-events-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockFile = () => join(folder, "stage.pid");

test("the folder of a stage's state is refused while another process holds it", async () => {
  writeFileSync(lockFile(), String(process.ppid));

  await expect(lockData(folder)).rejects.toThrow(DataInUseError);
  expect(readFileSync(lockFile(), "utf8")).toBe(String(process.ppid));
});

test("a lock is taken over from a process that is gone, and given back", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(lockFile(), String(pid));

  const lock = await lockData(folder);
  expect(readFileSync(lockFile(), "utf8")).toBe(String(process.pid));

  await lock.close();
  expect(() => readFileSync(lockFile())).toThrow("ENOENT");
});
