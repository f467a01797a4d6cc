import { statfs } from "node:fs/promises";
import { DataFolderError } from "../data-lock.ts";
import type { Closable } from "../shutdown.ts";

/** Bytes that accepted work needs to finish: its rows, messages and mails. */
const LEAST_FREE_MB = 4;
const LEAST_FREE_BYTES = LEAST_FREE_MB * 1024 ** 2;
const WATCH_MS = 500;

/** Whether the folder of the emulator's state has room for further work. */
export interface DiskSpace extends Closable {
  isFull(): boolean;
  /** A service could not write, or can again. */
  report(service: string, isFull: boolean): void;
}

/** The disk of an emulator without a data folder. */
export const NO_DISK: DiskSpace = { isFull: () => false, report() {}, async close() {} };

/**
 * Watches the disk of a folder, and calls `log` once when it is full and once when it has space again. Rejects with
 * DataFolderError where it is full at the start: services cannot open their databases then.
 */
export async function watchDiskSpace(folder: string, log: (text: string) => void): Promise<DiskSpace> {
  const full = new Set<string>();
  const report: DiskSpace["report"] = (service, isFull) => {
    const before = full.size > 0;
    if (isFull) full.add(service);
    else full.delete(service);
    if (before === full.size > 0) return;
    log(
      full.size > 0
        ? `The disk of ${folder} is full. Requests that change something get 503 DISK_FULL until it has ` +
            `${LEAST_FREE_MB} MB free; accepted work is kept and continues then.`
        : `The disk of ${folder} has space again; requests are accepted.`,
    );
  };
  // Where the system does not report it, a failed write shows it.
  const hasSpace = () =>
    statfs(folder).then(
      ({ bavail, bsize }) => bavail * bsize >= LEAST_FREE_BYTES,
      () => true,
    );
  if (!(await hasSpace())) {
    throw new DataFolderError(
      `The disk of ${folder} is full: the emulator needs ${LEAST_FREE_MB} MB free to start.`,
    );
  }
  const look = async () => report("disk", !(await hasSpace()));
  const timer = setInterval(() => void look(), WATCH_MS);
  timer.unref();
  return { isFull: () => full.size > 0, report, close: async () => clearInterval(timer) };
}
