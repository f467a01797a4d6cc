import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  emulatorFile,
  recordEmulator,
  removeEmulator,
  runningEmulator,
} from "../../../lib/emulator/running-emulators.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = temporaryFolder();
  file = join(directory, "cache", "emulator.json");
});

describe("the recorded emulator", () => {
  it("is the latest one, and after its end the one before", async () => {
    await recordEmulator(file, "http://first");
    await recordEmulator(file, "http://second");

    const both = await runningEmulator(file);
    await removeEmulator(file, "http://second");
    const one = await runningEmulator(file);
    await removeEmulator(file, "http://first");

    expect([both, one, await runningEmulator(file)]).toEqual(["http://second", "http://first", undefined]);
  });

  it("is not one whose process was killed", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    await recordEmulator(file, "http://alive");
    await recordEmulator(file, "http://killed", child.pid);

    expect(await runningEmulator(file)).toBe("http://alive");
  });

  it.each(["", "{}", "[1, null]", '[{"url": 5, "pid": 1}]'])(
    "is none where the file holds %j",
    async (content) => {
      await recordEmulator(file, "http://first");
      await writeFile(file, content);

      expect(await runningEmulator(file)).toBeUndefined();
    },
  );
});

describe("the file of the running emulators", () => {
  it.each([
    ["in the checkout", {}, "/checkout/.cache/emulator.json"],
    [
      "in the checkout for an empty variable",
      { ORDER_EVENTS_EMULATOR_FILE: "" },
      "/checkout/.cache/emulator.json",
    ],
    ["named by the variable", { ORDER_EVENTS_EMULATOR_FILE: "/tmp/own.json" }, "/tmp/own.json"],
  ])("is %s", (_, env, expected) => {
    expect(emulatorFile("/checkout", env)).toBe(expected);
  });
});
