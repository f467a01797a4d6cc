import type { AcceptedRequests } from "./actors/clients.ts";
import type { Log } from "./cloud/log.ts";
import { NO_COUNTS } from "./cloud/rabbitmq.ts";
import { isDone } from "./invariants/each-step.ts";
import type { SimulatedSystem } from "./simulated-system.ts";

/** Jepsen's counters, and those of faults. */
export interface Counters {
  /** Requests of clients. */
  readonly attempted: number;
  /** Orders that were accepted. */
  readonly acknowledged: number;
  /** Effects that exist or are no longer wanted. */
  readonly ok: number;
  /** Effects that wait for an operator in the failed-message store. */
  readonly parked: number;
  /** Effects that are neither. Always 0, because an invariant stops the schedule before. */
  readonly lost: number;
  /** Deliveries of an event to a consumer after the first. */
  readonly duplicated: number;
  /** Orders that exist although no client received a success. */
  readonly recovered: number;
  /** Deliveries of a Kafka record after the first. */
  readonly reread: number;
  /** Kafka records that went to the dead-letter topic. */
  readonly givenUp: number;
  /** RabbitMQ messages that were redelivered with their batch. */
  readonly requeued: number;
  /** RabbitMQ messages that went to the dead-letter queue. */
  readonly deadLettered: number;
  /** RabbitMQ messages that were moved to a queue of suspects. */
  readonly suspected: number;
  /** Times that RabbitMQ's broker was killed. */
  readonly killed: number;
  /** Events of which a queue lost a message. */
  readonly purged: number;
  /** Changes of the backbones while messages were in flight. */
  readonly moved: number;
}

export const NO_COUNTERS: Counters = {
  attempted: 0,
  acknowledged: 0,
  ok: 0,
  parked: 0,
  lost: 0,
  duplicated: 0,
  recovered: 0,
  reread: 0,
  givenUp: 0,
  requeued: 0,
  deadLettered: 0,
  suspected: 0,
  killed: 0,
  purged: 0,
  moved: 0,
};

export function countersOf(system: SimulatedSystem, { attempted, placed }: AcceptedRequests): Counters {
  let ok = 0;
  let parked = 0;
  for (const known of system.oracle.events.values()) {
    for (const alternatives of known.requiredConsumers) {
      if (alternatives.some((consumer) => isDone(system, consumer, known))) ok += 1;
      else parked += 1;
    }
  }
  let duplicated = 0;
  for (const starts of system.attempts.starts.values()) duplicated += starts - 1;
  const orders = system.tables.rows.orders.size;
  return {
    attempted,
    acknowledged: placed.size,
    ok,
    parked,
    lost: 0,
    duplicated,
    recovered: Math.max(0, orders - placed.size),
    reread: recordsOf(system.kafka?.topic).reduce(
      (sum, { deliveries }) => sum + Math.max(0, deliveries - 1),
      0,
    ),
    givenUp: recordsOf(system.kafka?.deadLetters).length,
    ...(system.rabbitmq?.counts ?? NO_COUNTS),
    purged: system.oracle.purged.size,
    moved: system.backbone.moved,
  };
}

const KEYS = Object.keys(NO_COUNTERS) as readonly (keyof Counters)[];

export function added(a: Counters, b: Counters): Counters {
  const sum = (key: keyof Counters) => a[key] + b[key];
  return Object.fromEntries(KEYS.map((key) => [key, sum(key)])) as unknown as Counters;
}

function recordsOf(log: Log | undefined) {
  return log?.partitions.flatMap(({ records }) => records) ?? [];
}
