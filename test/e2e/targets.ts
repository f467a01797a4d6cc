import type { TargetKind } from "./target.ts";

/** Properties of each kind of target for `run.ts`. */
export interface TargetFacts {
  /** Factor of time-outs, compared with the emulator: network, cold starts, log delivery. */
  readonly slowness: number;
  /** Default of `--stage`. */
  readonly stage: string;
}

export const TARGET_FACTS: Readonly<Record<Exclude<TargetKind, "emulator">, TargetFacts>> = {
  // Deployed with the short delays of the emulator, so that a failure runs to its end.
  ministack: { slowness: 3, stage: "local" },
  localstack: { slowness: 4, stage: "local" },
  // The delays between retries are those of a deployment: 30 s, 4 and 15 minutes.
  aws: { slowness: 6, stage: "dev" },
};

/** Default port of LocalStack. */
export const LOCALSTACK_PORT = 4566;
