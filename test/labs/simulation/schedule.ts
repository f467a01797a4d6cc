import { makeActors } from "./actors/actors.ts";
import { type Counters, countersOf } from "./counters.ts";
import type { FaultSource } from "./engine/port-calls.ts";
import { quiescence } from "./engine/quiescence.ts";
import { seeded } from "./engine/random.ts";
import { newTrace } from "./engine/trace.ts";
import { type FaultProfile, faultProfileOf } from "./fault-profile.ts";
import { checkAtRest } from "./invariants/at-rest.ts";
import { stepCheck } from "./invariants/each-step.ts";
import { checkCanaries, checkMetrics } from "./invariants/logs.ts";
import { checkUnchanged, replayEvents, stateOf } from "./invariants/replay.ts";
import { type Mutant, newSimulatedSystem, type SimulatedSystem } from "./simulated-system.ts";
import { advanceClock, nextDueAt } from "./time.ts";
import { assertInvariant, Violation } from "./violation.ts";

/** I20: a schedule with more steps is stuck. */
const MAX_STEPS = 6_000;

// A schedule creates many errors, whose stacks are not read.
Error.stackTraceLimit = 0;

export interface Result {
  readonly seed: number;
  /** Hash of all steps in their order. */
  readonly hash: string;
  readonly steps: number;
  /** Port calls. */
  readonly calls: number;
  readonly violation?: { readonly invariant: string; readonly message: string };
  /** Absent where an invariant was violated. */
  readonly counters?: Counters;
  /** Empty unless the schedule was recorded. */
  readonly recordedSteps: readonly string[];
}

export interface RunOptions {
  readonly seed: number;
  readonly mutant?: Mutant;
  readonly isRecorded?: boolean;
  /** Replaces the fault profile of the seed. */
  readonly faultProfile?: FaultProfile;
  /** Replaces the faults of the profile. */
  readonly faults?: FaultSource;
}

/** Runs one schedule: first with faults, then without, until it is at rest. The same seed gives the same hash. */
export async function runSchedule({
  seed,
  mutant,
  isRecorded,
  faultProfile,
  faults,
}: RunOptions): Promise<Result> {
  const trace = newTrace(isRecorded ?? false);
  const system = newSimulatedSystem({
    seed,
    faultProfile: faultProfile ?? faultProfileOf(seeded(seed + 0x2545f491)),
    trace,
    mutant,
    ...(faults === undefined ? {} : { faults }),
  });
  const result = () => ({
    seed,
    hash: trace.hash(),
    steps: trace.steps,
    calls: system.calls.calls,
    recordedSteps: trace.recordedSteps,
  });
  try {
    const counters = await run(system);
    return { ...result(), counters };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { ...result(), violation: { invariant: error.invariant, message: error.message } };
  }
}

async function run(system: SimulatedSystem): Promise<Counters> {
  const { scheduler, random, faultProfile } = system;
  const { trace, ready } = scheduler;
  const checkStep = stepCheck(system);
  const actors = makeActors(system);
  const badSteps = 60 + random.below(240);

  const endFaults = () => {
    system.areFaultsOver = true;
    actors.forgetTick();
    trace.step(scheduler.now(), "the faults end");
  };

  /** Runs one step. `over`: no step is left. */
  const step = (): "ran" | "time passed" | "over" => {
    const open = actors.enabledActions();
    const choices = ready.length + open.length;
    if (!system.areFaultsOver && random.chance(faultProfile.clockJump)) {
      advanceClock(system);
      return "time passed";
    }
    if (choices === 0) {
      const at = nextDueAt(system, actors.nextTick());
      const isIdle = at === undefined && actors.lastTickChangedNothing();
      if (isIdle && system.areFaultsOver) return "over";
      if (isIdle) endFaults();
      scheduler.advanceTo(at ?? actors.nextTick());
      return "time passed";
    }
    if (random.below(choices) < ready.length) {
      scheduler.runOne();
    } else {
      const { label, act } = random.pick(open);
      act();
      trace.step(scheduler.now(), label);
    }
    return "ran";
  };

  const untilRest = async () => {
    for (let happened = step(); happened !== "over"; happened = step()) {
      // Advancing the clock runs no code.
      if (happened === "ran") await quiescence();
      if (system.calls.violation !== undefined) throw system.calls.violation;
      checkStep();
      assertInvariant(trace.steps < MAX_STEPS, "I20", () => `not at rest after ${MAX_STEPS} steps`);
      if (!system.areFaultsOver && trace.steps >= badSteps) endFaults();
    }
  };

  await untilRest();
  checkAtRest(system, actors.accepted, actors.operatorActions);
  const counters = countersOf(system, actors.accepted);
  if (system.seed % 4 === 0) {
    const before = stateOf(system);
    replayEvents(system);
    await untilRest();
    checkUnchanged(system, before);
  }
  checkCanaries(system);
  if (system.seed % 8 === 1) checkMetrics(system);
  return counters;
}
