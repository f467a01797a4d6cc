import { newCast } from "./actors/cast.ts";
import { seeded } from "./engine/random.ts";
import { newTrace } from "./engine/trace.ts";
import { checkAtRest } from "./invariants/at-rest.ts";
import { checkEachStep } from "./invariants/each-step.ts";
import { passTime, timeToNext } from "./time.ts";
import { holds, Violation } from "./violation.ts";
import { weatherOf } from "./weather.ts";
import { type Mutant, newWorld, type World, type WorldOptions } from "./world.ts";

/** I20: a schedule that is not at rest by then is stuck. */
const MAX_STEPS = 6_000;

export interface Result {
  readonly seed: number;
  readonly hash: string;
  readonly steps: number;
  readonly calls: number;
  readonly violation?: { readonly invariant: string; readonly message: string };
  readonly story: readonly string[];
  readonly world: World;
}

export interface RunOptions {
  readonly seed: number;
  readonly mutant?: Mutant;
  readonly isRecorded?: boolean;
  /** Instead of those of the seed. */
  readonly weather?: WorldOptions["weather"];
  readonly faults?: WorldOptions["faults"];
}

/** Lets every promise that can go on go on, until all wait for the scheduler again. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Runs one schedule: bad weather, then fair, until nothing is left to do. The same seed gives the same hash. */
export async function runSchedule({
  seed,
  mutant,
  isRecorded,
  weather,
  faults,
}: RunOptions): Promise<Result> {
  const trace = newTrace(isRecorded ?? false);
  const world = newWorld({
    seed,
    weather: weather ?? weatherOf(seeded(seed + 0x2545f491)),
    trace,
    mutant,
    ...(faults === undefined ? {} : { faults }),
  });
  const end = (violation?: Result["violation"]): Result => ({
    seed,
    hash: trace.hash(),
    steps: trace.steps,
    calls: world.calls.calls,
    ...(violation === undefined ? {} : { violation }),
    story: trace.story,
    world,
  });
  try {
    await run(world);
    return end();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return end({ invariant: error.invariant, message: error.message });
  }
}

async function run(world: World): Promise<void> {
  const { scheduler, random, weather } = world;
  const { trace, ready } = scheduler;
  const cast = newCast(world);
  const badSteps = 60 + random.below(240);

  const clear = () => {
    world.hasCleared = true;
    cast.forgetTick();
    trace.step(scheduler.now(), "the weather clears");
  };

  for (;;) {
    if (!world.hasCleared && trace.steps >= badSteps) clear();
    const open = cast.openings();
    const choices = ready.length + open.length;
    if (!world.hasCleared && random.chance(weather.haste)) {
      passTime(world);
    } else if (choices === 0) {
      const at = timeToNext(world, cast.nextTick());
      const isIdle = at === undefined && cast.lastTickChangedNothing();
      if (isIdle && world.hasCleared) break;
      if (isIdle) clear();
      scheduler.advanceTo(at ?? cast.nextTick());
    } else if (random.below(choices) < ready.length) {
      scheduler.runOne();
    } else {
      const { label, act } = random.pick(open);
      act();
      trace.step(scheduler.now(), label);
    }
    await settled();
    if (world.calls.violation !== undefined) throw world.calls.violation;
    checkEachStep(world);
    holds(trace.steps < MAX_STEPS, "I20", () => `not at rest after ${MAX_STEPS} steps`);
  }
  checkAtRest(world, cast.promises, cast.acted);
}
