import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { DATA_FORMAT, requireDataFormat } from "../../../lib/emulator/data-format.ts";
import { DataFolderError } from "../../../lib/emulator/data-lock.ts";
import { explain } from "../../../lib/emulator/output/explain-error.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const write = (name: string, text = "") => writeFileSync(join(folder, name), text);

test("K19: a new folder is marked with the format, and taken again", async () => {
  await requireDataFormat(folder);
  write("dynamodb.sqlite");

  await expect(requireDataFormat(folder)).resolves.toBeUndefined();
  expect(readFileSync(join(folder, "emulator.format"), "utf8")).toBe(`${DATA_FORMAT}\n`);
});

test.each<[string, () => void, string]>([
  ["without a mark", () => write("dynamodb.sqlite"), "format 0"],
  ["of queues without a mark", () => write("fauxqs.db"), "format 0"],
  ["of a later version", () => write("emulator.format", `${DATA_FORMAT + 1}\n`), `format ${DATA_FORMAT + 1}`],
  ["with a damaged mark", () => write("emulator.format", ""), "format unknown"],
])("K19: state %s is refused with one line that names the remedy", async (_, prepare, format) => {
  prepare();

  const error = await requireDataFormat(folder).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(DataFolderError);
  expect(explain(error)).toContain(format);
  expect(explain(error)).toMatch(/^[^\n]+Delete the folder, or choose another one with --data\.$/);
});
