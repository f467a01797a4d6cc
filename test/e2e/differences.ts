import type { TargetKind } from "./target.ts";

/** Something that a target does not do as AWS does, or that the suite cannot see there. */
export interface Difference {
  readonly target: TargetKind;
  /** What is different, as a sentence. */
  readonly what: string;
  /** Where it comes from: the target's own code or documentation, or what is missing for it. */
  readonly reason: string;
  /** Cases that are skipped there for it: the beginnings of their titles, without ids. None: it is only said. */
  readonly cases: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [
  {
    target: "ministack",
    what: "The id in a problem's body is not the one in the header `x-amzn-RequestId`.",
    reason: "MiniStack 1.5.33 gives the function one id and its own answer another.",
    cases: ["and gives its answer the id that the gateway gives the request"],
  },
  {
    target: "ministack",
    what: "A `%2F` inside a path parameter separates segments, so such an address is answered 403.",
    reason: "MiniStack 1.5.33 decodes the path before it looks for the route.",
    cases: ["a SKU in the address that is a path"],
  },
];

/** Why the cases of the folder `stage` run on the one-machine stage only. */
export const STAGE_ONLY =
  "They break tables, the topic, the mail or the process itself, or start it with other settings, which only the stage offers.";

/** Why a case is skipped on a target; undefined where it runs. `title` is the case's own, without its groups. */
export function skippedBecause(target: TargetKind, title: string): string | undefined {
  const sentence = title.replace(/^[A-J]\d+(, [A-J]\d+)*: /, "");
  return DIFFERENCES.find(
    (each) => each.target === target && each.cases.some((start) => sentence.startsWith(start)),
  )?.reason;
}
