import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** An idle emulator has about 100 open files. Under load, its functions add about 400, and each client one. */
const LEAST_FILE_HANDLES = 512;
const FOR_FUNCTIONS = 448;

/** The limit of open files is too low. The message has the remedy. */
export class FileHandlesError extends Error {
  override readonly name = "FileHandlesError";
}

/** The limit of open files of this process; undefined where the system does not show it. */
export function fileHandleLimit(): number | undefined {
  return fromProc() ?? fromShell();
}

/** Throws FileHandlesError for a limit that is too low: the emulator would refuse connections without a reason. */
export function requireFileHandles(limit = fileHandleLimit()): void {
  if (limit === undefined || limit >= LEAST_FILE_HANDLES) return;
  throw new FileHandlesError(
    `The emulator needs at least ${LEAST_FILE_HANDLES} file handles, and this shell permits ${limit}. ` +
      "Permit more:  ulimit -n 1024",
  );
}

/** Connections at a time, so that the functions keep the files they need; Infinity without a limit. */
export const mostConnections = (limit = Number.POSITIVE_INFINITY): number => limit - FOR_FUNCTIONS;

/** Requests at a time. Half of the connections, so that a refused client gets a response. */
export const mostRunning = (limit = Number.POSITIVE_INFINITY): number =>
  Math.floor(mostConnections(limit) / 2);

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
