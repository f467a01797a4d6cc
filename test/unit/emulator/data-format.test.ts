import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { DATA_FORMAT, requireDataFormat } from "../../../lib/emulator/data-format.ts";
import { DataFolderError } from "../../../lib/emulator/data-lock.ts";
import { explain } from "../../../lib/emulator/output/explain-error.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const write = (name: string, text = "") => writeFileSync(join(folder, name), text);
/** Larger than one page, so that it can be cut in the middle. */
const store = (...names: readonly string[]) => {
  for (const name of names) {
    const database = new DatabaseSync(join(folder, name));
    database.exec("CREATE TABLE state (value); INSERT INTO state VALUES (zeroblob(20000))");
    database.close();
  }
};

test("K19: a new folder is marked with the format, and taken again", async () => {
  await requireDataFormat(folder);
  store("dynamodb.sqlite", "fauxqs.db");

  await expect(requireDataFormat(folder)).resolves.toBeUndefined();
  expect(readFileSync(join(folder, "emulator.format"), "utf8")).toBe(`${DATA_FORMAT}\n`);
});

test.each<[string, () => void, string]>([
  ["without a mark", () => store("dynamodb.sqlite"), "format 0"],
  ["of queues without a mark", () => store("fauxqs.db"), "format 0"],
  ["of a later version", () => write("emulator.format", `${DATA_FORMAT + 1}\n`), `format ${DATA_FORMAT + 1}`],
  ["with a damaged mark", () => write("emulator.format", ""), "format unknown"],
])("K19: state %s is refused with one line that names the remedy", async (_, prepare, format) => {
  prepare();

  const error = await requireDataFormat(folder).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(DataFolderError);
  expect(explain(error)).toContain(format);
  expect(explain(error)).toMatch(/^[^\n]+Delete the folder, or choose another one with --data\.$/);
});

describe.each([
  ["dynamodb.sqlite", "fauxqs.db"],
  ["fauxqs.db", "dynamodb.sqlite"],
])("%s", (name, other) => {
  beforeEach(async () => {
    await requireDataFormat(folder);
    store(other);
  });

  test.each<[string, () => void]>([
    ["missing", () => {}],
    ["empty", () => write(name)],
  ])("that is %s beside the other half of the state is refused", async (_, prepare) => {
    prepare();

    const error = await requireDataFormat(folder, {}).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(DataFolderError);
    expect(explain(error)).toMatch(`${other} without ${name}`);
    expect(explain(error)).toMatch(/^[^\n]+Delete the folder, or choose another one with --data\.$/);
  });

  test.each<[string, () => void]>([
    ["no database", () => write(name, "x".repeat(5_000))],
    ["cut off", () => truncateSync(join(folder, name), 5_000)],
  ])("that is %s is refused with one line that names it", async (_, prepare) => {
    store(name);
    prepare();

    const error = await requireDataFormat(folder).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(DataFolderError);
    expect(explain(error)).toMatch(
      /^[^\n]+ cannot hold the emulator's state [^\n]+ Choose a writable or a new folder with --data\.$/,
    );
    expect(explain(error)).toContain(`${name}: `);
  });
});

test("a folder without rows is taken with a DynamoDB of the user's own", async () => {
  await requireDataFormat(folder);
  store("fauxqs.db");

  await expect(
    requireDataFormat(folder, { DYNAMODB_ENDPOINT: "http://127.0.0.1:8000" }),
  ).resolves.toBeUndefined();
});
