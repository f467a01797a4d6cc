import { succeed } from "./queue-case.ts";
import type { Script } from "./target.ts";

/** One rule of event source mappings, and its observation. */
export interface Case<Rig, Setup, Source> {
  /** Unique name in reports and in the departures of a target. */
  readonly rule: string;
  /** Page of the rule. */
  readonly source: string;
  readonly setup?: Partial<Setup>;
  /** Default: reports no failures. */
  readonly script?: (rig: Rig) => Script<Source>;
  /** Resolves once the observation is complete. */
  readonly drive: (rig: Rig) => Promise<void>;
  readonly seen: (rig: Rig) => unknown;
  readonly expected: unknown;
}

/** Runs the case on a rig and returns the observation. */
export async function observe<Rig extends { close(): Promise<void> }, Setup, Source>(
  { rule, script, drive, seen }: Case<Rig, Setup, Source>,
  open: (script: Script<Source>) => Promise<Rig>,
): Promise<unknown> {
  // The script can read its own rig.
  let rig: Rig | undefined;
  rig = await open((invocation) => {
    if (rig === undefined) throw new Error(`${rule}: the function ran before its mapping was made`);
    return script?.(rig)(invocation) ?? succeed;
  });
  try {
    await drive(rig);
    return await seen(rig);
  } finally {
    await rig.close();
  }
}
