import { readFileSync } from "node:fs";

const PAGE_BYTES = 4096;
const MEGABYTE = 1024 * 1024;

/** Resident memory of a process in MB; undefined where the system does not report it (not Linux, process ended). */
const residentMb = (pid: number): number | undefined => {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]);
    return (pages * PAGE_BYTES) / MEGABYTE;
  } catch {
    return undefined;
  }
};

/**
 * Calls `exceeded` once the process uses more than `limitMb`; returns a function that stops the watch. Lambda limits
 * the resident size: V8's heap limit does not include buffers.
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
