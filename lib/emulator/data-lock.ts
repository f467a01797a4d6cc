import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Closable } from "./shutdown.ts";

/** Another emulator uses the folder. Two of them would overwrite each other's state. */
export class DataInUseError extends Error {
  override readonly name = "DataInUseError";
}

/** The path is not a folder, cannot be written, or has damaged state. The message holds the path and the cause. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

/** Locks of this process. An unreferenced database is closed by the garbage collector, which releases its lock. */
const locks = new Set<DatabaseSync>();

/**
 * Locks the folder of an emulator's state for this process. Rejects with DataInUseError while another process holds the
 * lock, and with DataFolderError when the folder cannot be written.
 *
 * The lock is the operating system's, on `emulator.lock`, taken by SQLite. Of two processes that lock at the same time
 * one succeeds, and the lock ends with its process, also after `kill -9`. A process id in a file guarantees neither,
 * because ids are reused. `emulator.pid` only names the process to stop. `emulator.lock` is never removed: two processes
 * could then lock one file each.
 */
export async function lockData(dataDir: string): Promise<Closable> {
  const file = join(dataDir, "emulator.pid");
  await mkdir(dataDir, { recursive: true }).catch((cause: unknown) => refuseData(dataDir, cause));
  const lock = open(dataDir);
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) refuseData(dataDir, cause);
    const pid = await readFile(file, "utf8").catch(() => "");
    const holder = pid === "" ? "another emulator" : `the emulator with process id ${pid}`;
    throw new DataInUseError(
      `${dataDir} is in use by ${holder}. Stop it, or choose another folder with --data.`,
      { cause },
    );
  }
  locks.add(lock);
  await writeFile(file, String(process.pid)).catch((cause: unknown) => {
    locks.delete(lock);
    lock.close();
    refuseData(dataDir, cause);
  });
  return {
    async close() {
      await rm(file, { force: true });
      if (lock.isOpen) lock.close();
      locks.delete(lock);
    },
  };
}

function open(dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataDir, "emulator.lock"));
  } catch (cause) {
    return refuseData(dataDir, cause);
  }
}

/** Throws DataFolderError. */
export function refuseData(dataDir: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new DataFolderError(
    `${dataDir} cannot hold the emulator's state (${why}). Choose a writable or a new folder with --data.`,
    { cause },
  );
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
