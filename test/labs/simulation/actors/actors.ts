import { deployNext, nextMoveAt } from "../cloud/backbone.ts";
import type { QueueOwner } from "../cloud/consumers.ts";
import { mayPollTopic, pollTopic, rebalance, type TopicMapping } from "../cloud/kafka-mapping.ts";
import { mayPoll, mayRead, poll, readShard } from "../cloud/mappings.ts";
import type { LambdaHandler } from "../parts.ts";
import type { World } from "../simulated-system.ts";
import { clients, type Promises } from "./clients.ts";
import { startInDeadLetters } from "./dead-letter-start.ts";
import { sendPoison } from "./foreign-messages.ts";
import { type Acted, operators } from "./operators.ts";

const MINUTE_MS = 60_000;

/** Something that could happen now. */
export interface Opening {
  readonly label: string;
  act(): void;
}

/** Everybody who makes things happen: mappings, the schedule, clients, operators, strangers. */
export interface Actors {
  /** What could happen now, beside what already waits for its turn. */
  openings(): readonly Opening[];
  /** When the schedule ticks next. */
  nextTick(): number;
  /** Whether the schedule ran and found nothing to do. */
  lastTickChangedNothing(): boolean;
  /** Runs under faults prove nothing. */
  forgetTick(): void;
  readonly promises: Promises;
  readonly acted: readonly Acted[];
}

export function makeActors(world: World): Actors {
  const { scheduler, queues, shards, functions, host, random, faultProfile, tables, facts } = world;
  const customers = clients(world);
  if (faultProfile.startsInDeadLetters) startInDeadLetters(world);
  const people = operators(world);
  const topics = topicMappings(world);
  let nextTick = scheduler.now() + MINUTE_MS;
  let changesAtTick = -1;
  let poisons = faultProfile.poison > 0 ? 1 + random.below(3) : 0;

  const changes = () => {
    let sum =
      tables.changes.length +
      facts.passed["publish-events"].size +
      facts.passed["publish-to-kafka"].size +
      facts.moves() +
      world.crashed.size;
    for (const row of tables.rows.failed.values()) sum += 1 + row.revision;
    for (const jobs of Object.values(world.jobs)) for (const { revision } of jobs.values()) sum += revision;
    return sum;
  };
  const tick = () => {
    nextTick = scheduler.now() + MINUTE_MS;
    changesAtTick = changes();
    host.invoke(
      "maintenance",
      { timeoutMs: MINUTE_MS, skewMs: 0, becomesZombie: false },
      (context) => functions.eachMinute({}, context),
      () => undefined,
    );
  };
  const always: readonly (Opening & { isOpen(): boolean })[] = [
    ...queues.flatMap(({ consumer, source, deadLetters, undelivered }) => [
      {
        label: `poll ${source.name}`,
        isOpen: () => mayPoll(world, source, consumer) && world.backbone.readsQueue(consumer),
        act: () => poll(world, source, consumer, "source", handlerOf(world, consumer)),
      },
      ...[deadLetters, undelivered].map((queue) => ({
        label: `poll ${queue.name}`,
        isOpen: () => mayPoll(world, queue, "dead-letters"),
        act: () => poll(world, queue, consumer, "dead", functions.deadLetters),
      })),
    ]),
    ...shards.map((shard, index) => ({
      label: `read shard ${index} for ${shard.reader}`,
      isOpen: () => mayRead(world, shard),
      act: () => readShard(world, shard),
    })),
    ...topics.flatMap((mapping) => [
      {
        label: `poll ${mapping.log.topic}`,
        isOpen: () => mayPollTopic(world, mapping),
        act: () => pollTopic(world, mapping),
      },
      {
        label: `rebalance ${mapping.name}`,
        isOpen: () =>
          faultProfile.rebalance > 0 && !world.hasCleared && random.chance(faultProfile.rebalance / 4),
        act: () => rebalance(world, mapping),
      },
    ]),
    {
      label: "the next backbone is deployed",
      isOpen: () =>
        (nextMoveAt(world) ?? Number.POSITIVE_INFINITY) <= scheduler.now() &&
        (world.hasCleared || random.chance(0.1)),
      act: () => deployNext(world),
    },
    { label: "a client asks", isOpen: customers.hasMore, act: customers.act },
    {
      label: "a minute is over",
      isOpen: () => scheduler.now() >= nextTick && host.running("maintenance") === 0,
      act: tick,
    },
    {
      label: "an operator acts",
      isOpen: () => !world.hasCleared && random.chance(0.3) && people.hasWork(),
      act: people.act,
    },
    {
      label: "a stranger sends",
      isOpen: () => poisons > 0 && !world.hasCleared && random.chance(faultProfile.poison),
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

function handlerOf({ functions }: World, owner: QueueOwner): LambdaHandler {
  if (owner !== "publish-to-kafka") return functions.consumers[owner];
  if (functions.kafka === undefined) throw new RangeError("There is no Kafka here.");
  return functions.kafka.publishToKafka;
}

function topicMappings({ kafka, functions, backbone }: World): readonly TopicMapping[] {
  if (kafka === undefined || functions.kafka === undefined) return [];
  const { topic, deadLetters, retries } = kafka;
  const { orderEventsKafka, kafkaDeadLetters } = functions.kafka;
  return [
    { name: "order-events-kafka", log: topic, handler: orderEventsKafka, retries, isOn: backbone.readsTopic },
    { name: "kafka-dead-letters", log: deadLetters, handler: kafkaDeadLetters, isOn: () => true },
  ];
}
