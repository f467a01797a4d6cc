import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openCheckpoints } from "../../../lib/emulator/event-sources/checkpoints.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const STREAM = "arn:aws:dynamodb:eu-central-1:000000000000:table/orders/stream/1";
const place = { sequenceNumber: "7", createdAtSeconds: 1_800_000_000 };
let dataDir: string;

beforeEach(() => {
  dataDir = temporaryFolder();
});

test("a checkpoint is loaded after a restart", async () => {
  const checkpoints = openCheckpoints("m1", STREAM, dataDir);
  checkpoints.set("shard-1", { ...place, sequenceNumber: "6" });
  checkpoints.set("shard-1", place);
  await checkpoints.flush();

  const reopened = openCheckpoints("m1", STREAM, dataDir);

  expect(reopened.get("shard-1")).toEqual(place);
  expect(reopened.get("shard-2")).toBeUndefined();
  expect(readdirSync(join(dataDir, "checkpoints"))).toEqual(["m1.json"]);
});

test("a checkpoint reaches the file without a flush", async () => {
  const checkpoints = openCheckpoints("m1", STREAM, dataDir);
  checkpoints.set("shard-1", place);

  await expect.poll(() => openCheckpoints("m1", STREAM, dataDir).get("shard-1")).toEqual(place);
});

test("checkpoints of another stream of the same table are not used", async () => {
  const checkpoints = openCheckpoints("m1", STREAM, dataDir);
  checkpoints.set("shard-1", place);
  await checkpoints.flush();

  expect(openCheckpoints("m1", `${STREAM}2`, dataDir).get("shard-1")).toBeUndefined();
});

test("without a folder checkpoints are kept in memory", async () => {
  const checkpoints = openCheckpoints("m1", STREAM, undefined);
  checkpoints.set("shard-1", place);
  await checkpoints.flush();

  expect(checkpoints.get("shard-1")).toEqual(place);
});

test("an unreadable file fails the start, because any other position could skip events", async () => {
  await openCheckpoints("m1", STREAM, dataDir).flush();
  writeFileSync(join(dataDir, "checkpoints", "m1.json"), "{");

  expect(() => openCheckpoints("m1", STREAM, dataDir)).toThrow("m1.json cannot be read");
});
