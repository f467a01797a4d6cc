import { mkdtempSync, statfsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const MEMORY_FOLDER = "/dev/shm";
/** Containers often give /dev/shm 64 MB, which 10,000 orders and their changes would fill. */
const LEAST_FREE_BYTES = 1024 ** 3;
const BUSY_MS = 5_000;

/**
 * A folder in memory for the database of an emulator without a data folder; undefined where the system has none. An
 * index needs a database in a file, also in such a folder; dynoxide's in-memory database has none.
 */
export const makeScratchFolder = (): string | undefined => {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize < LEAST_FREE_BYTES) return undefined;
    return mkdtempSync(`${MEMORY_FOLDER}/order-events-`);
  } catch {
    return undefined;
  }
};

/**
 * Adds an index to the records of dynoxide's streams. Without it dynoxide scans all of them at each write, for the next
 * sequence number, and at each read of a stream: after 10,000 orders a write takes ten times as long.
 */
export const indexStreams = (file: string): void => {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    database.exec(
      "CREATE INDEX IF NOT EXISTS emulator_stream_records ON _stream_records " +
        "(table_name, CAST(sequence_number AS INTEGER))",
    );
  } catch {
    // Another version of dynoxide with other tables works without the index, only slower.
  } finally {
    database.close();
  }
};
