import type { TargetKind } from "./target.ts";

/** What `run.ts` has to know of each kind of target. */
export interface TargetFacts {
  /** How many times longer than on the emulator waiting may take: network, cold starts, log delivery. */
  readonly slowness: number;
  /** The setting `stage` it is deployed with unless `--stage` says another. */
  readonly stage: string;
}

export const TARGET_FACTS: Readonly<Record<Exclude<TargetKind, "emulator">, TargetFacts>> = {
  // Deployed with the short waits of one machine, so that a failure is seen from end to end.
  ministack: { slowness: 3, stage: "local" },
  localstack: { slowness: 4, stage: "local" },
  // The delays between retries are those of a deployment: 30 s, 4 and 15 minutes.
  aws: { slowness: 6, stage: "dev" },
};

/** Where LocalStack answers unless `--endpoint` or LOCALSTACK_PORT says another. */
export const LOCALSTACK_PORT = 4566;
