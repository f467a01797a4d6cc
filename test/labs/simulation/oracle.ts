import type { PublisherName } from "../../../functions/contract/names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import { eventOfChange, type Order } from "../../../functions/orders/domain/order.ts";
import type { MemoryTables } from "../../fakes/memory-tables.ts";
import type { Route } from "./cloud/backbone.ts";
import { type EventConsumer, requiredConsumersOf } from "./cloud/consumers.ts";
import type { StreamRow } from "./cloud/stream.ts";
import { isLegalChange } from "./invariants/order-changes.ts";
import { assertInvariant } from "./violation.ts";

/** An event of E: one for each status transition of an order row. */
export interface KnownEvent {
  readonly event: OrderEvent;
  readonly body: string;
  /** What there is to do about it: each by one of these consumers at least. */
  readonly requiredConsumers: readonly (readonly EventConsumer[])[];
  /** All of them. */
  readonly consumers: readonly EventConsumer[];
  /** The subject of the mail about it: one for each order and kind. */
  readonly subject: string;
}

/** What the simulator knows and the code does not. */
export interface Oracle {
  readonly events: Map<string, KnownEvent>;
  /** Events whose stream record a reader's mapping has left behind. */
  readonly passed: Readonly<Record<PublisherName, Set<string>>>;
  /** Events that an operator or a job offered to the topic again. */
  readonly republished: Set<string>;
  /** Events that the topic refused from an operator or a job, and that were not published since. */
  readonly refused: Set<string>;
  /** Copies in queues, in flight or not committed, by `<owner of the queue or topic> <event id>`. */
  readonly inFlight: Map<string, number>;
  /** Availability of a SKU after each change, with the time of the change. */
  readonly availability: Map<string, { readonly at: number; readonly available: number }[]>;
  /** What strangers sent, by `<consumer> <body>`: it has to be in the store at the end. */
  readonly poisons: Set<string>;
  /** Ids under which a row was marked as sent again. */
  readonly redriveIds: Set<string>;
  /** When each row of the failed-message store was written last, by its key. */
  readonly writtenAt: Map<string, number>;
  /** The generation of the row that each operator saw and acted on. */
  readonly asked: Map<string, number>;
  /** Takes in what the tables did since; checks that each change was a legal one. */
  refresh(): void;
  /** The event of a body, if the body is exactly that of a known event, or what an operator made of it. */
  eventOfBody(body: string): string | undefined;
  /** Takes in what an operator made of an event's body: it stands for the same event from now on. */
  edited(row: FailedMessage): void;
  /** Whether it is what a stranger sent to the Kafka topic, or what an operator made of that. */
  isForeign(body: string): boolean;
  count(owner: string, body: string, by: 1 | -1): void;
  /** How often a message came into a queue or left one. */
  moves(): number;
}

const HEADLINES: Readonly<Record<string, string>> = {
  "order.confirmed": "is confirmed",
  "order.rejected": "could not be accepted",
  "order.cancelled": "is cancelled",
};

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
      () => `${textOf(before)} must not become ${textOf(after)}`,
    );
    const event = eventOfChange(before, after);
    if (event !== undefined) {
      assertInvariant(!events.has(event.id), "I5", () => `two transitions made ${event.id}`);
      const body = JSON.stringify(event);
      const requiredConsumers = requiredConsumersOf(event.type, route);
      const subject = `Your order ${event.subject} ${HEADLINES[event.type] ?? ""}`;
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
    isForeign: (body) => {
      const poison = `order-events-kafka ${body}`;
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
