import type { EventType } from "../../../../functions/contract/order-status.ts";
import type { Random } from "../engine/random.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { BROKERS, type Broker, isSubscribed, type Processing, type QueueOwner } from "./consumers.ts";
import { bodyOf } from "./log.ts";

/** Time until a changed filter policy is effective: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html */
const PROPAGATION_MS = 15 * 60_000;

/** The backbones that process first, and those of each deployment while messages are in flight. */
export interface Route {
  readonly processing: Processing;
  readonly moves: readonly Processing[];
}

/** Mistakes of an operator who changes the backbones. */
export type MigrationMistake =
  | "waits for nothing"
  | "waits for the topic alone"
  | "reads the topic from its end"
  | "leaves the queues"
  | "leaves the suspects";

/** The subscriptions and the event source mappings of the brokers under the setting `processing`. */
export interface Backbone {
  /** As deployed last. */
  readonly processing: Processing;
  /** As deployed next, if ever. */
  readonly next: Processing | undefined;
  /** Number of changes so far. */
  readonly moved: number;
  /** Time from which the last deployment is effective everywhere. */
  readonly effectiveAt: number;
  /** Whether a subscription accepts a type. While a change propagates, the old or the new filter decides. */
  takes(owner: QueueOwner, type: EventType): boolean;
  /** Whether the event source mappings of a broker are enabled; those of dead letters always are. */
  reads(broker: Broker): boolean;
  /** Whether the event source mapping of a queue is enabled. It stays enabled for the remaining messages. */
  readsQueue(owner: QueueOwner): boolean;
  move(): void;
}

export function newBackbone(
  { processing: first, moves }: Route,
  options: {
    readonly now: () => number;
    readonly random: Random;
    readonly migrationMistake: MigrationMistake | undefined;
  },
): Backbone {
  const { now, random, migrationMistake } = options;
  let step = 0;
  let effectiveAt = 0;
  let propagatesUntil = 0;
  const at = (index: number) => (index === 0 ? first : (moves[index - 1] ?? first));
  /** Filters and event source mappings change independently, so each read sees the old or the new one. */
  const seen = () => at(now() < propagatesUntil && random.chance(0.5) ? step - 1 : step);
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
    get effectiveAt() {
      return effectiveAt;
    },
    takes: (owner, type) => isSubscribed(owner, type, seen()),
    reads: (broker) => seen().includes(broker),
    readsQueue: (owner) =>
      migrationMistake !== "leaves the queues" || at(step).includes("queues") || !owner.startsWith("order-"),
    move() {
      step += 1;
      effectiveAt = now() + PROPAGATION_MS;
      propagatesUntil = now() + random.below(PROPAGATION_MS);
    },
  };
}

/** Whether a broker is read once the last deployment is effective everywhere. */
export function isRead({ backbone }: SimulatedSystem, broker: Broker): boolean {
  return backbone.processing.includes(broker);
}

export function deployNext({ backbone, migrationMistake, kafka, oracle }: SimulatedSystem): void {
  const wasRead = backbone.processing.includes("kafka");
  backbone.move();
  if (
    wasRead ||
    !backbone.processing.includes("kafka") ||
    migrationMistake !== "reads the topic from its end"
  )
    return;
  for (const partition of kafka?.topic.partitions ?? []) {
    const skipped = partition.records.slice(partition.committed);
    for (const record of skipped) oracle.count(BROKERS.kafka.consumer, bodyOf(record) ?? "", -1);
    partition.committed = partition.records.length;
  }
}

/** The earliest time of the next deployment by lib/stacks/kafka.md; `undefined` until Kafka has no work left. */
export function nextMoveAt(system: SimulatedSystem): number | undefined {
  const { backbone, migrationMistake, scheduler } = system;
  if (backbone.next === undefined) return undefined;
  if (migrationMistake === "waits for nothing") return scheduler.now();
  const leavesKafka = backbone.processing.includes("kafka") && !backbone.next.includes("kafka");
  return leavesKafka && isLeftToKafka(system) ? undefined : backbone.effectiveAt;
}

/** Whether work is left that only Kafka can do. */
function isLeftToKafka({
  kafka,
  tables,
  shards,
  crashed,
  backbone,
  migrationMistake,
}: SimulatedSystem): boolean {
  const isUnread = kafka?.topic.partitions.some(({ committed, records }) => committed < records.length);
  if (isUnread === true || migrationMistake === "waits for the topic alone") return isUnread === true;
  const theirs: readonly string[] = Object.values(BROKERS.kafka);
  const isTheirs = (name: string) => theirs.includes(name);
  return (
    // A discarded message can still be redriven, and the topic would then have no reader.
    [...tables.rows.failed.values()].some((row) => isTheirs(row.consumer) && row.status !== "RESOLVED") ||
    [...crashed.values()].some(({ reader }) => isTheirs(reader)) ||
    shards.some(
      ({ reader, rows, position }) =>
        isTheirs(reader) && (rows[position]?.at ?? Number.POSITIVE_INFINITY) < backbone.effectiveAt,
    )
  );
}
