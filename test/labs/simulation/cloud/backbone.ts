import type { QueueConsumer } from "../../../../functions/consumers/consumers.ts";
import type { EventType } from "../../../../functions/contract/order-status.ts";
import type { Random } from "../engine/random.ts";
import type { World } from "../simulated-system.ts";
import { isSubscribed, type Processing, type QueueOwner } from "./consumers.ts";
import { bodyOf } from "./log.ts";

/** A changed filter takes up to so long: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html */
const SPREAD_MS = 15 * 60_000;

/** Which backbone processes first, and what is deployed one after the other while messages are under way. */
export interface Route {
  readonly processing: Processing;
  readonly moves: readonly Processing[];
}

/** Mistakes of an operator who moves from one backbone to the other. */
export type Blunder =
  | "waits for nothing"
  | "waits for the topic alone"
  | "reads the topic from its end"
  | "leaves the queues";

/** The subscriptions and the mapping of the topic, as the setting `processing` has them. */
export interface Backbone {
  /** What was deployed last. */
  readonly processing: Processing;
  /** What is deployed next; `undefined` where nothing is. */
  readonly next: Processing | undefined;
  /** How often another one was deployed. */
  readonly moved: number;
  /** Since when what was deployed last holds everywhere. */
  readonly settledAt: number;
  /** Whether a subscription takes a type: while a change spreads, by what was or by what is. */
  takes(consumer: QueueConsumer, type: EventType): boolean;
  readsTopic(): boolean;
  /** Whether the queue's mapping is on: also where nothing more comes, what is left is read. */
  readsQueue(owner: QueueOwner): boolean;
  move(): void;
}

export function newBackbone(
  { processing: first, moves }: Route,
  options: {
    readonly now: () => number;
    readonly random: Random;
    readonly blunder: Blunder | undefined;
  },
): Backbone {
  const { now, random, blunder } = options;
  let step = 0;
  let settledAt = 0;
  let spreadsUntil = 0;
  const at = (index: number) => (index === 0 ? first : (moves[index - 1] ?? first));
  /** Filters and mappings change each at its own time, so each look may find the one or the other. */
  const seen = () => at(now() < spreadsUntil && random.chance(0.5) ? step - 1 : step);
  return {
    get processing() {
      return at(step);
    },
    get next() {
      return moves[step];
    },
    get moved() {
      return step;
    },
    get settledAt() {
      return settledAt;
    },
    takes: (consumer, type) => isSubscribed(consumer, type, seen()),
    readsTopic: () => seen() !== "queues",
    readsQueue: (owner) =>
      blunder !== "leaves the queues" || at(step) !== "kafka" || !owner.startsWith("order-"),
    move() {
      step += 1;
      settledAt = now() + SPREAD_MS;
      spreadsUntil = now() + random.below(SPREAD_MS);
    },
  };
}

/** Whether the topic is read in the end, once what was deployed holds everywhere. */
export function readsTopic({ backbone }: World): boolean {
  return backbone.processing !== "queues";
}

export function deployNext({ backbone, blunder, kafka, facts }: World): void {
  const isFirst = backbone.processing === "queues";
  backbone.move();
  if (!isFirst || blunder !== "reads the topic from its end") return;
  for (const partition of kafka?.topic.partitions ?? []) {
    const skipped = partition.records.slice(partition.committed);
    for (const record of skipped) facts.count("order-events-kafka", bodyOf(record) ?? "", -1);
    partition.committed = partition.records.length;
  }
}

/** When the next backbone may be deployed, by lib/stacks/kafka.md; `undefined` where something has to happen first. */
export function nextMoveAt(world: World): number | undefined {
  const { backbone, blunder, scheduler } = world;
  if (backbone.next === undefined) return undefined;
  if (blunder === "waits for nothing") return scheduler.now();
  return backbone.next === "queues" && isLeftToKafka(world) ? undefined : backbone.settledAt;
}

/** Whether Kafka still has something to do that only Kafka may have. */
function isLeftToKafka({ kafka, tables, shards, crashed, backbone, blunder }: World): boolean {
  const isUnread = kafka?.topic.partitions.some(({ committed, records }) => committed < records.length);
  if (isUnread === true || blunder === "waits for the topic alone") return isUnread === true;
  const isTheirs = (name: string) => name === "order-events-kafka" || name === "publish-to-kafka";
  return (
    // What was discarded may be sent again: then it would go where there is no reader.
    [...tables.rows.failed.values()].some((row) => isTheirs(row.consumer) && row.status !== "RESOLVED") ||
    [...crashed.values()].some(({ reader }) => isTheirs(reader)) ||
    shards.some(
      ({ reader, rows, position }) =>
        isTheirs(reader) && (rows[position]?.at ?? Number.POSITIVE_INFINITY) < backbone.settledAt,
    )
  );
}
