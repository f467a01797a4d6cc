import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { makeScratchFolder } from "../../../lib/emulator/services/indexed-streams.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const MODULE = fileURLToPath(new URL("../../../lib/emulator/services/dynamodb.ts", import.meta.url));
const scratchFolder = makeScratchFolder();
if (scratchFolder !== undefined) rmSync(scratchFolder, { recursive: true });

test("dynoxide finds the next sequence number of a stream by an index, without scanning its records", async () => {
  const dataDir = temporaryFolder();
  const dynamoDb = await startDynamoDb({ dataDir });
  const database = new DatabaseSync(join(dataDir, "dynamodb.sqlite"));

  const plan = database
    .prepare(
      "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 " +
        "FROM _stream_records WHERE table_name = ?",
    )
    .all("orders");

  database.close();
  await dynamoDb.close();
  expect(JSON.stringify(plan)).toContain("USING COVERING INDEX emulator_stream_records");
});

test("an existing database is opened with its index", async () => {
  const dataDir = temporaryFolder();
  await (await startDynamoDb({ dataDir })).close();

  const again = await startDynamoDb({ dataDir });

  expect(existsSync(join(dataDir, "dynamodb.sqlite"))).toBe(true);
  await again.close();
});

/** A process that starts dynoxide without a data folder, prints its scratch folder, and waits. */
const STARTS = `
  import { readdirSync } from "node:fs";
  const { startDynamoDb } = await import(${JSON.stringify(MODULE)});
  const before = new Set(readdirSync("/dev/shm"));
  const dynamoDb = await startDynamoDb({});
  console.log(readdirSync("/dev/shm").filter((name) => !before.has(name)).join());
  process.stdin.once("data", async () => { await dynamoDb.close(); process.exit(); });
`;

test.skipIf(scratchFolder === undefined).each([
  ["is closed", false],
  ["is killed", true],
])(
  "the folder in memory is deleted after an emulator %s (skipped where /dev/shm has less than 1 GB)",
  async (_how, kill) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", STARTS], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [made] = (await once(createInterface(child.stdout), "line")) as [string];
    const folders = made.split(",");

    if (kill) child.kill("SIGKILL");
    else child.stdin.write("close");

    await expect
      .poll(() => readdirSync("/dev/shm").filter((name) => folders.includes(name)), { timeout: 60_000 })
      .toEqual([]);
  },
);
