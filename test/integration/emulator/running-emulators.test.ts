import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetStage, rememberedStage, rememberStage } from "../../../lib/emulator/running-emulators.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "remembered-"));
  file = join(directory, "cache", "stage.json");
});
afterEach(() => rm(directory, { recursive: true }));

describe("the remembered stage", () => {
  it("is the one started last, and after its end the one before", async () => {
    await rememberStage(file, "http://first");
    await rememberStage(file, "http://second");

    const both = await rememberedStage(file);
    await forgetStage(file, "http://second");
    const one = await rememberedStage(file);
    await forgetStage(file, "http://first");

    expect([both, one, await rememberedStage(file)]).toEqual(["http://second", "http://first", undefined]);
  });

  it("is not one whose process was killed", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    await rememberStage(file, "http://alive");
    await rememberStage(file, "http://killed", child.pid);

    expect(await rememberedStage(file)).toBe("http://alive");
  });

  it.each(["", "{}", "[1, null]", '[{"url": 5, "pid": 1}]'])(
    "is none when the file holds %j",
    async (content) => {
      await rememberStage(file, "http://first");
      await writeFile(file, content);

      expect(await rememberedStage(file)).toBeUndefined();
    },
  );
});
