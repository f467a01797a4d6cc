import type { Fault, FaultSource } from "./engine/port-calls.ts";
import { CALM, type FaultProfile } from "./fault-profile.ts";
import { type Result, runSchedule } from "./schedule.ts";

/** A quiet course of events, but for one fault and now and then a duplicate. */
export interface Course {
  readonly name: string;
  readonly seed: number;
  readonly faultProfile: FaultProfile;
}

const QUIET: FaultProfile = { ...CALM, duplicate: 0.05 };
const KINDS: readonly { readonly name: string; readonly faultProfile: FaultProfile }[] = [
  { name: "orders are placed and cancelled", faultProfile: QUIET },
  { name: "events begin in dead-letter queues", faultProfile: { ...QUIET, startsInDeadLetters: true } },
  { name: "operators redrive what is parked", faultProfile: { ...QUIET, poison: 0.3, operators: 4 } },
  { name: "the topic refuses", faultProfile: { ...QUIET, topic: 0.3 } },
  { name: "events come by both backbones", faultProfile: { ...QUIET, processing: "both" } },
  {
    name: "the backbone changes on the way",
    faultProfile: { ...QUIET, processing: "queues", moves: ["both", "kafka", "both", "queues"] },
  },
  {
    name: "Kafka alone processes, and gives up",
    faultProfile: {
      ...QUIET,
      processing: "kafka",
      startsInDeadLetters: true,
      poison: 0.3,
      operators: 2,
      rebalance: 0.2,
    },
  },
];

export const COURSES: readonly Course[] = KINDS.flatMap(({ name, faultProfile }, kind) =>
  [1, 2].map((seed) => ({ name, seed: 100 * kind + seed, faultProfile })),
);

export const POINT_FAULTS = ["crash-before", "crash-after", "error", "lost"] as const;

/** One fault at one call of a course. */
export interface Point {
  readonly course: number;
  /** 1 is the first port call. */
  readonly call: number;
  readonly fault: Fault;
}

function faultAt(call: number, fault: Fault): FaultSource {
  let calls = 0;
  return () => (++calls === call ? fault : "none");
}

export function runPoint({ course, call, fault }: Point, isRecorded = false): Promise<Result> {
  const { seed, faultProfile } = COURSES[course] ?? { seed: 1, faultProfile: CALM };
  return runSchedule({ seed, faultProfile, faults: faultAt(call, fault), isRecorded });
}

/** Every fault before and after every port call of every course. */
export async function allPoints(): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (const course of COURSES.keys()) {
    const { calls } = await runPoint({ course, call: 0, fault: "none" });
    for (let call = 1; call <= calls; call++) {
      for (const fault of POINT_FAULTS) points.push({ course, call, fault });
    }
  }
  return points;
}
