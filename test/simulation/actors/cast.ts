import { mayPoll, mayRead, poll, readShard } from "../cloud/mappings.ts";
import type { World } from "../world.ts";
import { clients, type Promises } from "./clients.ts";
import { startInDeadLetters } from "./dead-start.ts";
import { type Acted, operators } from "./operators.ts";
import { sendPoison } from "./strangers.ts";

const MINUTE_MS = 60_000;

/** Something that could happen now. */
export interface Opening {
  readonly label: string;
  act(): void;
}

/** Everybody who makes things happen: mappings, the schedule, clients, operators, strangers. */
export interface Cast {
  /** What could happen now, beside what already waits for its turn. */
  openings(): readonly Opening[];
  /** When the schedule ticks next. */
  nextTick(): number;
  /** Whether the schedule ran and found nothing to do. */
  lastTickChangedNothing(): boolean;
  /** What ran in bad weather proves nothing. */
  forgetTick(): void;
  readonly promises: Promises;
  readonly acted: readonly Acted[];
}

export function newCast(world: World): Cast {
  const { scheduler, queues, shards, functions, host, random, weather, tables, facts } = world;
  const customers = clients(world);
  if (weather.startsInDeadLetters) startInDeadLetters(world);
  const people = operators(world);
  let nextTick = scheduler.now() + MINUTE_MS;
  let changesAtTick = -1;
  let poisons = weather.poison > 0 ? 1 + random.below(3) : 0;

  const changes = () => {
    let sum = tables.changes.length + facts.passed.size + facts.moves() + world.crashed.size;
    for (const row of tables.rows.failed.values()) sum += 1 + row.revision;
    for (const job of world.redriveJobs.values()) sum += job.revision;
    return sum;
  };
  const tick = () => {
    nextTick = scheduler.now() + MINUTE_MS;
    changesAtTick = changes();
    host.invoke(
      "republish",
      { timeoutMs: MINUTE_MS, skewMs: 0, becomesZombie: false },
      (context) => functions.eachMinute({}, context),
      () => undefined,
    );
  };
  const always: readonly (Opening & { isOpen(): boolean })[] = [
    ...queues.flatMap(({ consumer, source, deadLetters, undelivered }) => [
      {
        label: `poll ${source.name}`,
        isOpen: () => mayPoll(world, source, consumer),
        act: () => poll(world, source, consumer, "source", functions.consumers[consumer]),
      },
      ...[deadLetters, undelivered].map((queue) => ({
        label: `poll ${queue.name}`,
        isOpen: () => mayPoll(world, queue, "dead-letters"),
        act: () => poll(world, queue, consumer, "dead", functions.deadLetters),
      })),
    ]),
    ...shards.map((shard, index) => ({
      label: `read shard ${index}`,
      isOpen: () => mayRead(world, shard),
      act: () => readShard(world, shard),
    })),
    { label: "a client asks", isOpen: customers.hasMore, act: customers.act },
    {
      label: "a minute is over",
      isOpen: () => scheduler.now() >= nextTick && host.running("republish") === 0,
      act: tick,
    },
    {
      label: "an operator acts",
      isOpen: () => !world.hasCleared && random.chance(0.3) && people.hasWork(),
      act: people.act,
    },
    {
      label: "a stranger sends",
      isOpen: () => poisons > 0 && !world.hasCleared && random.chance(weather.poison),
      act: () => {
        poisons -= 1;
        sendPoison(world);
      },
    },
  ];

  return {
    promises: customers.promises,
    acted: people.acted,
    nextTick: () => nextTick,
    lastTickChangedNothing: () => changesAtTick === changes(),
    forgetTick() {
      changesAtTick = -1;
    },
    openings: () => always.filter((opening) => opening.isOpen()),
  };
}
