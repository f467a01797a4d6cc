import { readFileSync } from "node:fs";

const PAGE_BYTES = 4096;
const MEGABYTE = 1024 * 1024;

/** Resident memory of a process in MB, or undefined where the system does not tell (not Linux, process gone). */
const residentMb = (pid: number): number | undefined => {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]);
    return (pages * PAGE_BYTES) / MEGABYTE;
  } catch {
    return undefined;
  }
};

/**
 * Calls `exceeded` once the process holds more than `limitMb`; returns how to stop watching. The heap limit of
 * V8 does not count buffers, so the resident size is what Lambda's limit is about.
 */
export const watchMemory = (
  pid: number,
  limitMb: number,
  exceeded: (usedMb: number) => void,
): (() => void) => {
  const timer = setInterval(() => {
    const used = residentMb(pid);
    if (used === undefined || used <= limitMb) return;
    clearInterval(timer);
    exceeded(Math.round(used));
  }, 200);
  timer.unref();
  return () => clearInterval(timer);
};
