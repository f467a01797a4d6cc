import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DataFolderError } from "./data-lock.ts";

/**
 * The format of the rows, indexes, messages and files in a data folder. Raise it with each change that makes older rows
 * unreadable, or needs another index: the emulator has no migrations. `test/contract/data-format.test.ts` keeps rows of the
 * present format.
 */
export const DATA_FORMAT = 3;

const MARK = "emulator.format";
const STATE = ["dynamodb.sqlite", "fauxqs.db"];

/** Marks a new folder with the format. Rejects with DataFolderError where the state in it is of another one. */
export async function requireDataFormat(dataDir: string): Promise<void> {
  const file = join(dataDir, MARK);
  const found = await readFile(file, "utf8").catch(() => undefined);
  const hasState = STATE.some((name) => existsSync(join(dataDir, name)));
  const format = found?.trim() ?? (hasState ? "0" : String(DATA_FORMAT));
  if (format !== String(DATA_FORMAT)) {
    throw new DataFolderError(
      `${dataDir} holds state of another version of the emulator (format ${format || "unknown"}; this version reads ${DATA_FORMAT}). ` +
        "Delete the folder, or choose another one with --data.",
    );
  }
  if (found === undefined) await writeFile(file, `${DATA_FORMAT}\n`);
}
