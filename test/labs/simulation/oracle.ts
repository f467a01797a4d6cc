import type { StreamPublisher } from "../../../functions/contract/names.ts";
import { mailHeadline } from "../../../functions/contract/order-status.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import { eventOfChange, type Order } from "../../../functions/orders/domain/order.ts";
import type { MemoryTables } from "../../fakes/memory-tables.ts";
import type { Route } from "./cloud/backbone.ts";
import { type BrokerConsumer, type EventConsumer, requiredConsumersOf } from "./cloud/consumers.ts";
import type { StreamRow } from "./cloud/stream.ts";
import { isLegalChange } from "./invariants/order-changes.ts";
import { assertInvariant } from "./violation.ts";

/** One event for each status transition of an order row. */
export interface KnownEvent {
  readonly event: OrderEvent;
  readonly body: string;
  /** Of each group, at least one consumer has to process the event. */
  readonly requiredConsumers: readonly (readonly EventConsumer[])[];
  /** The consumers of all groups. */
  readonly consumers: readonly EventConsumer[];
  /** Subject of its mail, unique for each order and kind of event. */
  readonly subject: string;
}

/** The state that the simulator records apart from the code, and that the invariants compare with. */
export interface Oracle {
  readonly events: Map<string, KnownEvent>;
  /** Events whose stream record the mapping of a reader has passed. */
  readonly passed: Readonly<Record<StreamPublisher, Set<string>>>;
  /** Events that an operator or a job republished. */
  readonly republished: Set<string>;
  /** Events of a republish that the topic refused, and that were not published since. */
  readonly refused: Set<string>;
  /** Events of which a queue lost a message. */
  readonly purged: Set<string>;
  /** Number of messages and uncommitted records by `<owner of the queue, or consumer of the broker> <event id>`. */
  readonly inFlight: Map<string, number>;
  /** Available units of a SKU after each change. */
  readonly availability: Map<string, { readonly at: number; readonly available: number }[]>;
  /** Foreign messages as `<consumer> <body>`: the store has to hold them at the end. */
  readonly poisons: Set<string>;
  /** Redrive ids that a row was marked with. */
  readonly redriveIds: Set<string>;
  /** Time of the last write of each failed-message row, by its key. */
  readonly writtenAt: Map<string, number>;
  /** Generation of each row that an operator read and named in an action, by `<operator> <failed key>`. */
  readonly asked: Map<string, number>;
  /** Reads the changes of the tables since the last call, and checks that each is legal. */
  refresh(): void;
  /** Id of the known event with this body, also where an operator edited it. */
  eventOfBody(body: string): string | undefined;
  /** Records an edited body: it belongs to the same event. */
  edited(row: FailedMessage): void;
  /** Whether a foreign writer sent the body to the consumer of a broker, or an operator edited such a body. */
  isForeign(consumer: BrokerConsumer, body: string): boolean;
  /** Foreign bodies that crash the consumer of RabbitMQ. */
  readonly killers: Set<string>;
  count(owner: string, body: string, by: 1 | -1): void;
  /** Number of messages added to a queue or removed from one. */
  moves(): number;
}

export function newOracle(
  tables: MemoryTables,
  shards: readonly StreamRow[][],
  { now, route }: { readonly now: () => number; readonly route: Route },
): Oracle {
  const events = new Map<string, KnownEvent>();
  const ofBody = new Map<string, string>();
  const inFlight = new Map<string, number>();
  const availability: Oracle["availability"] = new Map();
  const poisons = new Set<string>();
  const foreign = new Set<string>();
  let seen = 0;
  let moves = 0;

  function take(row: StreamRow): void {
    const { before, after } = row;
    assertInvariant(
      isLegalChange(before, after),
      "I3",
      () => `${textOf(before)} changed illegally to ${textOf(after)}`,
    );
    const event = eventOfChange(before, after);
    if (event !== undefined) {
      assertInvariant(!events.has(event.id), "I5", () => `two transitions made ${event.id}`);
      const body = JSON.stringify(event);
      const requiredConsumers = requiredConsumersOf(event.type, route);
      const subject = `Your order ${event.subject} ${mailHeadline(event.type) ?? ""}`;
      events.set(event.id, { event, body, requiredConsumers, consumers: requiredConsumers.flat(), subject });
      ofBody.set(body, event.id);
    }
    const shard = shards[after.orderId.charCodeAt(25) % shards.length];
    shard?.push(row);
  }

  return {
    events,
    passed: { "publish-events": new Set(), "publish-to-kafka": new Set() },
    republished: new Set(),
    refused: new Set(),
    purged: new Set(),
    inFlight,
    availability,
    poisons,
    redriveIds: new Set(),
    writtenAt: new Map(),
    asked: new Map(),
    refresh() {
      for (; seen < tables.changes.length; seen++) {
        const change = tables.changes[seen];
        if (change !== undefined) take({ ...change, sequence: 1_000 + seen, at: now() });
      }
      for (const { sku, available } of tables.rows.stock.values()) {
        const known = availability.get(sku);
        if (known === undefined) availability.set(sku, [{ at: now(), available }]);
        else if (known.at(-1)?.available !== available) known.push({ at: now(), available });
      }
    },
    eventOfBody: (body) => ofBody.get(body),
    edited({ consumer, originalBody, body, eventId = "" }) {
      if (originalBody === undefined) return;
      if (ofBody.get(originalBody) === eventId) ofBody.set(body, eventId);
      else if (poisons.has(`${consumer} ${originalBody}`)) foreign.add(`${consumer} ${body}`);
    },
    killers: new Set(),
    isForeign: (consumer, body) => {
      const poison = `${consumer} ${body}`;
      return poisons.has(poison) || foreign.has(poison);
    },
    moves: () => moves,
    count(owner, body, by) {
      moves += 1;
      const id = ofBody.get(body);
      if (id === undefined) return;
      const key = `${owner} ${id}`;
      inFlight.set(key, (inFlight.get(key) ?? 0) + by);
    },
  };
}

function textOf(order: Order | undefined): string {
  if (order === undefined) return "no row";
  const { orderId, status, version, stockHeld } = order;
  return `${orderId.slice(-4)} ${status} v${version} stockHeld=${String(stockHeld)}`;
}
