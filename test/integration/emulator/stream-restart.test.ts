import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../temporary-folder.ts";
import { done, mapStream } from "./stream-function.ts";
import { openTableEmulator, type TableEmulator } from "./table-emulator.ts";

let dataDir: string;
let table: TableEmulator;
const open = async () => {
  table = await openTableEmulator(join(dataDir, "dynamodb.sqlite"));
};
beforeEach(async () => {
  dataDir = temporaryFolder();
  await open();
});
afterEach(async () => {
  await table.kill();
});

test("K29: a stop and a restart lose nothing and repeat nothing", async () => {
  await table.put("a");
  const first = mapStream(table, () => done, {}, { dataDir });
  await expect.poll(() => first.batches.flat()).toEqual(["a"]);
  await first.stop();
  await table.put("b");
  await table.kill();

  await open();
  await table.put("c");
  const second = mapStream(table, () => done, {}, { dataDir });
  await expect.poll(() => second.batches.flat()).toEqual(["b", "c"]);

  await second.stop();
});

test("K28: records of a batch that was unfinished at the stop are delivered again", async () => {
  await table.put("a");
  await table.put("b");
  const first = mapStream(
    table,
    () => ({ kind: "ok", payload: { batchItemFailures: [{ itemIdentifier: "2" }] } }),
    { maximumRetryAttempts: -1 },
    { dataDir },
  );
  await expect.poll(() => first.batches.length).toBeGreaterThan(1);
  expect(first.batches.slice(0, 2)).toEqual([["a", "b"], ["b"]]);
  await first.stop();

  const second = mapStream(table, () => done, {}, { dataDir });
  await expect.poll(() => second.batches).toEqual([["b"]]);

  await second.stop();
});

test("a kill during writes loses no written record", async () => {
  const written: string[] = [];
  const first = mapStream(table, () => done, {}, { dataDir });
  const writing = (async () => {
    for (let n = 0; ; n += 1) {
      await table.put(`o${n}`);
      written.push(`o${n}`);
    }
  })().catch(() => {});
  await expect.poll(() => first.batches.flat().length).toBeGreaterThan(50);
  await table.kill();
  await writing;
  await first.stop();

  await open();
  const second = mapStream(table, () => done, {}, { dataDir });
  const seen = () => new Set([...first.batches.flat(), ...second.batches.flat()]);
  await expect.poll(() => written.filter((id) => !seen().has(id))).toEqual([]);

  await second.stop();
});
