import { openMiniStackTarget } from "./ministack.ts";
import { openEmulatorTarget } from "./own-target.ts";
import type { ConformanceTarget } from "./target.ts";

const TARGETS: Readonly<Record<string, () => Promise<ConformanceTarget>>> = {
  emulator: openEmulatorTarget,
  ministack: openMiniStackTarget,
};

/** The target named by CONFORMANCE_TARGET; default: the emulator. */
export async function openTarget(): Promise<ConformanceTarget> {
  const name = process.env["CONFORMANCE_TARGET"] ?? "emulator";
  const open = TARGETS[name];
  if (open === undefined) {
    throw new Error(`CONFORMANCE_TARGET is ${name}; there are ${Object.keys(TARGETS).join(" and ")}`);
  }
  return open();
}
