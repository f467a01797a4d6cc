import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Closable } from "./shutdown.ts";

/** Another emulator keeps its state in the folder; two would undo each other's writes. */
export class DataInUseError extends Error {
  override readonly name = "DataInUseError";
}

/** What was named is no folder, or none that can be written; the message says which and why. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

/**
 * Takes the folder of an emulator's state for this process. Rejects with DataInUseError while another holds it, and with
 * DataFolderError where there is no folder to write.
 *
 * The lock is the operating system's, on `emulator.lock`, by way of SQLite: of two that ask at once one gets it, and it
 * ends with its process, also by `kill -9`. A process id in a file does neither: ids are given again. `emulator.pid` only
 * says whom to stop. `emulator.lock` stays: whoever removed it would let two processes lock one file each.
 */
export async function lockData(dataDir: string): Promise<Closable> {
  const file = join(dataDir, "emulator.pid");
  await mkdir(dataDir, { recursive: true }).catch((cause: unknown) => refuse(dataDir, cause));
  const lock = open(dataDir);
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) refuse(dataDir, cause);
    const pid = await readFile(file, "utf8").catch(() => "");
    const holder = pid === "" ? "another emulator" : `the emulator with process id ${pid}`;
    throw new DataInUseError(
      `${dataDir} is in use by ${holder}. Stop that one, or give --data another folder.`,
      { cause },
    );
  }
  await writeFile(file, String(process.pid)).catch((cause: unknown) => {
    lock.close();
    refuse(dataDir, cause);
  });
  return {
    async close() {
      await rm(file, { force: true });
      if (lock.isOpen) lock.close();
    },
  };
}

function open(dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataDir, "emulator.lock"));
  } catch (cause) {
    return refuse(dataDir, cause);
  }
}

function refuse(dataDir: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new DataFolderError(
    `${dataDir} cannot hold the emulator's state (${why}). Give --data a folder that can be written, or a new name.`,
    { cause },
  );
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
