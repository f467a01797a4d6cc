import { succeed } from "./queue-case.ts";
import type { Script } from "./target.ts";

/** One rule of a kind of mappings, and what shows whether it is kept. */
export interface Case<Rig, Setup, Source> {
  /** Unique; names the rule in reports and in a target's departures. */
  readonly rule: string;
  /** Where the rule is written. */
  readonly source: string;
  readonly setup?: Partial<Setup>;
  /** Answers with nothing failed unless given. */
  readonly script?: (rig: Rig) => Script<Source>;
  /** Ends when there is something to see. */
  readonly drive: (rig: Rig) => Promise<void>;
  readonly seen: (rig: Rig) => unknown;
  readonly expected: unknown;
}

/** Drives a rig by the case's script, and gives what is seen of it. */
export async function observe<Rig extends { close(): Promise<void> }, Setup, Source>(
  { rule, script, drive, seen }: Case<Rig, Setup, Source>,
  open: (script: Script<Source>) => Promise<Rig>,
): Promise<unknown> {
  // The script may look at the rig that it is a part of.
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
