import { statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataFolderError, refuseData } from "./data-lock.ts";

/**
 * The format of the rows, indexes, messages and files in a data folder. Raise it with each change that makes older rows
 * unreadable, or needs another index: the emulator has no migrations. `test/contract/data-format.test.ts` keeps rows of the
 * present format.
 */
export const DATA_FORMAT = 3;

const MARK = "emulator.format";
const ROWS = "dynamodb.sqlite";
const MESSAGES = "fauxqs.db";

/**
 * Marks a new folder with the format. Rejects with DataFolderError where the state in it is of another format, incomplete
 * or damaged.
 */
export async function requireDataFormat(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  const file = join(dataDir, MARK);
  const found = await readFile(file, "utf8").catch(() => undefined);
  const present = [ROWS, MESSAGES].filter((name) => sizeOf(join(dataDir, name)) > 0);
  const format = found?.trim() ?? (present.length > 0 ? "0" : String(DATA_FORMAT));
  if (format !== String(DATA_FORMAT)) {
    throw new DataFolderError(
      `${dataDir} holds state of another version of the emulator (format ${format || "unknown"}; this version reads ${DATA_FORMAT}). ${REMEDY}`,
    );
  }
  // The rows of a DynamoDB of the user's own are not in the folder.
  const expected = env["DYNAMODB_ENDPOINT"] ? [MESSAGES] : [ROWS, MESSAGES];
  const missing = expected.filter((name) => !present.includes(name));
  if (present.length > 0 && missing.length > 0) {
    throw new DataFolderError(
      `${dataDir} holds half of the emulator's state: ${present.join()} without ${missing.join()}. ${REMEDY}`,
    );
  }
  for (const name of present) requireDatabase(dataDir, name);
  if (found === undefined) await writeFile(file, `${DATA_FORMAT}\n`);
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const REMEDY = "Delete the folder, or choose another one with --data.";

/** The services report a damaged database in words of their own. */
function requireDatabase(dataDir: string, name: string): void {
  try {
    const database = new DatabaseSync(join(dataDir, name));
    try {
      database.exec("SELECT count(*) FROM sqlite_schema");
    } finally {
      database.close();
    }
  } catch (cause) {
    refuseData(
      dataDir,
      new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }),
    );
  }
}
