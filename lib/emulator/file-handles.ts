import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Where the emulator is idle it has about 100 open; each client and each further function instance needs more. */
export const LEAST_FILE_HANDLES = 256;

/** The process may open too few files. The message holds the remedy. */
export class FileHandlesError extends Error {
  override readonly name = "FileHandlesError";
}

/** The number of files that this process may have open; undefined where the system does not show it. */
export function fileHandleLimit(): number | undefined {
  return fromProc() ?? fromShell();
}

/** Throws FileHandlesError for too low a limit: without files the emulator refuses connections without a reason. */
export function requireFileHandles(limit = fileHandleLimit()): void {
  if (limit === undefined || limit >= LEAST_FILE_HANDLES) return;
  throw new FileHandlesError(
    `The emulator needs at least ${LEAST_FILE_HANDLES} file handles, and this shell permits ${limit}. ` +
      "Permit more:  ulimit -n 1024",
  );
}

/** Requests at a time, so that every client that is connected gets a response: half of the handles are for functions. */
export const mostRunning = (limit = Number.POSITIVE_INFINITY): number =>
  Math.max(32, Math.floor((limit - LEAST_FILE_HANDLES) / 2));

function fromProc(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return numberOf(soft);
  } catch {
    return undefined;
  }
}

function fromShell(): number | undefined {
  if (process.platform === "win32") return undefined;
  try {
    return numberOf(execFileSync("/bin/sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim());
  } catch {
    return undefined;
  }
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
