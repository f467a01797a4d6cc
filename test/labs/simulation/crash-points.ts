import type { Fault, FaultSource } from "./engine/port-calls.ts";
import { type FaultProfile, NO_FAULTS } from "./fault-profile.ts";
import { type Result, runSchedule } from "./schedule.ts";

/** A scenario without faults except rare duplicates. */
export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly faultProfile: FaultProfile;
}

const RARE_DUPLICATES: FaultProfile = { ...NO_FAULTS, duplicate: 0.05 };
const KINDS: readonly {
  readonly name: string;
  readonly faultProfile: FaultProfile;
  readonly seeds?: number;
}[] = [
  { name: "orders are placed and cancelled", faultProfile: RARE_DUPLICATES },
  {
    name: "events start in dead-letter queues",
    faultProfile: { ...RARE_DUPLICATES, startsInDeadLetters: true },
  },
  {
    name: "operators redrive parked messages",
    faultProfile: { ...RARE_DUPLICATES, poison: 0.3, operators: 4 },
  },
  { name: "the topic refuses", faultProfile: { ...RARE_DUPLICATES, topic: 0.3 } },
  { name: "both backbones process", faultProfile: { ...RARE_DUPLICATES, processing: ["queues", "kafka"] } },
  {
    name: "the backbone changes",
    faultProfile: {
      ...RARE_DUPLICATES,
      processing: ["queues"],
      moves: [["queues", "kafka"], ["kafka"], ["queues", "kafka"], ["queues"]],
    },
  },
  {
    name: "only Kafka processes, and gives up records",
    faultProfile: {
      ...RARE_DUPLICATES,
      processing: ["kafka"],
      startsInDeadLetters: true,
      poison: 0.3,
      operators: 2,
      rebalance: 0.2,
    },
  },
  { name: "RabbitMQ processes", faultProfile: { ...RARE_DUPLICATES, processing: ["rabbitmq"] }, seeds: 1 },
  {
    name: "only RabbitMQ processes, with dead letters, and messages that crash it",
    faultProfile: {
      ...RARE_DUPLICATES,
      processing: ["rabbitmq"],
      startsInDeadLetters: true,
      poison: 0.3,
      killers: 0.5,
      operators: 2,
    },
    seeds: 1,
  },
];

export const SCENARIOS: readonly Scenario[] = KINDS.flatMap(({ name, faultProfile, seeds = 2 }, kind) =>
  Array.from({ length: seeds }, (_, i) => ({ name, seed: 100 * kind + i + 1, faultProfile })),
);

export const CRASH_POINT_FAULTS = ["crash-before", "crash-after", "error", "lost"] as const;

/** One fault at one port call of a scenario. */
export interface CrashPoint {
  readonly scenario: number;
  /** 1 is the first port call. */
  readonly call: number;
  readonly fault: Fault;
}

function faultAt(call: number, fault: Fault): FaultSource {
  let calls = 0;
  return () => (++calls === call ? fault : "none");
}

export function runCrashPoint({ scenario, call, fault }: CrashPoint, isRecorded = false): Promise<Result> {
  const { seed, faultProfile } = SCENARIOS[scenario] ?? { seed: 1, faultProfile: NO_FAULTS };
  return runSchedule({ seed, faultProfile, faults: faultAt(call, fault), isRecorded });
}

/** Each fault at each port call of each scenario. */
export async function allCrashPoints(): Promise<readonly CrashPoint[]> {
  const points: CrashPoint[] = [];
  for (const scenario of SCENARIOS.keys()) {
    const { calls } = await runCrashPoint({ scenario, call: 0, fault: "none" });
    for (let call = 1; call <= calls; call++) {
      for (const fault of CRASH_POINT_FAULTS) points.push({ scenario, call, fault });
    }
  }
  return points;
}
