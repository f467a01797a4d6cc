import { expect, it } from "vitest";
import type { FailedMessage, FailedStatus } from "../../../functions/failures/domain/failed-message.ts";
import { newOrder, type Order } from "../../../functions/orders/domain/order.ts";
import { check, totalsOf } from "./accounting.ts";
import type { Outcomes } from "./audit.ts";
import type { Facts } from "./final-state.ts";

const base = (key: string): Order =>
  newOrder(
    {
      customerId: "ada",
      contact: { email: "customer-1@example.com" },
      currency: "EUR",
      lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }],
    },
    key,
    0,
  );
const CONFIRMED: Order = { ...base("a"), status: "CONFIRMED", version: 2, stockHeld: true };
const REJECTED: Order = { ...base("b"), status: "REJECTED", version: 2 };
/** Confirmed, then cancelled: its first mail was not sent any more. */
const CANCELLED: Order = { ...base("c"), status: "CANCELLED", version: 3, stockHeld: false };
const ORDERS = [CONFIRMED, REJECTED, CANCELLED];

const created = ({ orderId }: Order) => `${orderId}:1:order.created`;
const CONFIRMATION = `${CONFIRMED.orderId}:2:order.confirmed`;
const REJECTION = `${REJECTED.orderId}:2:order.rejected`;
const SUPERSEDED = `${CANCELLED.orderId}:2:order.confirmed`;
const CANCELLATION = `${CANCELLED.orderId}:3:order.cancelled`;
const MAILED = [CONFIRMATION, REJECTION, CANCELLATION];
const POISON = "order-created~poison";

const row = (failedKey: string, status: FailedStatus, reason: FailedMessage["reason"]) =>
  ({ failedKey, status, reason }) as FailedMessage;
const finished = (consumer: string, eventId: string, outcomes: Outcomes = { done: 1 }) =>
  [consumer, eventId, outcomes] as const;

const AUDIT = [
  ...ORDERS.map((order) => finished("order-created", created(order))),
  finished("order-cancelled", CANCELLATION),
  finished("notify-customer", SUPERSEDED, { ignored: 1 }),
  ...MAILED.map((eventId) => finished("notify-customer", eventId)),
];

function auditOf(entries: typeof AUDIT): Facts["audit"] {
  return {
    entries: () => entries,
    of: (consumer, eventId) => entries.find(([by, id]) => by === consumer && id === eventId)?.[2] ?? {},
  };
}

const metric = (name: string, sum: number) => ({
  id: { namespace: "n", name: `mq.messages.${name}`, dimensions: { consumer: "c", type: "t" } },
  sum,
  count: 1,
  min: 0,
  max: 0,
  last: 0,
});

/** A run in which everything adds up, but for what a test changes. */
function factsWith(changes: Partial<Facts> = {}): Facts {
  return {
    told: {
      accepted: new Map(ORDERS.map(({ orderId }) => [`key of ${orderId}`, new Set([orderId])])),
      cancelled: new Set([CANCELLED.orderId]),
      surprises: [],
    },
    counted: new Map([["tea", 10]]),
    poisons: [{ failedKey: POISON, reason: "MALFORMED_JSON" }],
    orders: new Map(ORDERS.map((order) => [order.orderId, order])),
    stock: [{ sku: "tea", onHand: 10, held: 2, available: 8 }],
    claims: new Map(MAILED.map((eventId) => [eventId, { eventId, state: "SENT" }])),
    failed: new Map([[POISON, row(POISON, "OPEN", "MALFORMED_JSON")]]),
    mailed: new Map(MAILED.map((eventId) => [eventId, 1])),
    untrue: [],
    audit: auditOf(AUDIT),
    metrics: [metric("received", 3), metric("consumed", 2), metric("failed", 1)],
    stillMoving: [],
    ...changes,
  };
}

const broken = (facts: Facts) =>
  check(facts)
    .filter(({ breaches }) => breaches.length > 0)
    .map(({ name }) => name);
const orders = (...all: readonly Order[]) => new Map(all.map((order) => [order.orderId, order]));
const failed = (...rows: readonly FailedMessage[]) =>
  new Map([row(POISON, "OPEN", "MALFORMED_JSON"), ...rows].map((each) => [each.failedKey, each]));
const told = (changes: Partial<Facts["told"]>) => ({ ...factsWith().told, ...changes });

it("A run without a loss passes every check", () => {
  const facts = factsWith();

  expect(broken(facts)).toEqual([]);
  expect(totalsOf(facts)).toMatchObject({
    lost: 0,
    doubled: 0,
    places: { done: 7, superseded: 1 },
    mails: 3,
  });
});

const PLACE = "every event is in exactly one place, for each of its consumers";
const HELD = "held is what the orders hold, to the unit";
const SUM = "onHand = held + available, and neither is below 0";
const UNKNOWN = "every mail of unknown outcome is listed for a person, and no other claim is open";

const BREACHES: readonly (readonly [what: string, changes: Partial<Facts>, check: string])[] = [
  [
    "an accepted order without a row",
    { orders: orders(CONFIRMED, CANCELLED) },
    "every accepted order has its row",
  ],
  [
    "a key with two orders",
    { told: told({ accepted: new Map([["key", new Set(ORDERS.map(({ orderId }) => orderId))]]) }) },
    "each Idempotency-Key made one order, each order has one key",
  ],
  [
    "an order that no client was answered",
    { told: told({ accepted: new Map([["key", new Set([CONFIRMED.orderId])]]) }) },
    "every order was answered to a client",
  ],
  [
    "a cancel that was forgotten",
    { told: told({ cancelled: new Set([CONFIRMED.orderId]) }) },
    "every accepted cancel shows on its order",
  ],
  ["an order that stayed PENDING", { orders: orders(base("a"), REJECTED, CANCELLED) }, PLACE],
  [
    "stock of a cancelled order",
    { orders: orders(CONFIRMED, REJECTED, { ...CANCELLED, stockHeld: true }) },
    PLACE,
  ],
  ["a mail without a claim", { claims: new Map(), mailed: new Map() }, PLACE],
  [
    "an event that is done and open in the store",
    { failed: failed(row(`order-created~${created(CONFIRMED)}`, "OPEN", "RETRIES_EXHAUSTED")) },
    PLACE,
  ],
  [
    "a superseded event that no consumer has seen",
    { audit: auditOf(AUDIT.filter(([, eventId]) => eventId !== SUPERSEDED)) },
    "every event was finished by each of its consumers, or the store holds why not",
  ],
  [
    "a surprising answer",
    { told: told({ surprises: ["404"] }) },
    "the API gave no answer that it does not document",
  ],
  ["stock that was taken twice", { stock: [{ sku: "tea", onHand: 10, held: 4, available: 6 }] }, HELD],
  ["stock that was released twice", { stock: [{ sku: "tea", onHand: 10, held: 2, available: 10 }] }, SUM],
  ["stock below nothing", { stock: [{ sku: "tea", onHand: 1, held: 2, available: -1 }] }, SUM],
  ["a count that was lost", { counted: new Map([["tea", 12]]) }, "onHand is what was counted last"],
  [
    "stock that a rejected order holds",
    { orders: orders(CONFIRMED, { ...REJECTED, stockHeld: true }, CANCELLED) },
    "confirmed orders hold stock, and no others but those whose release is in the store",
  ],
  [
    "two messages that reserved",
    { audit: auditOf([finished("order-created", created(CONFIRMED), { done: 2 }), ...AUDIT]) },
    "no order was reserved or rejected by two messages",
  ],
  [
    "two mails about one thing",
    { mailed: new Map([[CONFIRMATION, 2]]) },
    "at most one mail for each order and status",
  ],
  ["a mail that is not true", { untrue: ["hello"] }, "every mail tells of a status that its order has had"],
  ["a mail without a claim", { claims: new Map() }, "no mail left without its claim"],
  ["a mark without a mail", { mailed: new Map() }, "every mail that is marked as sent has arrived"],
  [
    "a claim that is not listed",
    { claims: new Map([[CONFIRMATION, { eventId: CONFIRMATION, state: "SENDING" }]]), mailed: new Map() },
    UNKNOWN,
  ],
  [
    "a message that is still queued",
    { stillMoving: ["1 in a queue"] },
    "queues, dead-letter queues and bucket are empty, and no row is on its way",
  ],
  ["a poison that vanished", { failed: new Map() }, "every poison is open in the store, with its reason"],
  [
    "an event of ours that was refused",
    { failed: failed(row("order-created~x", "OPEN", "INVALID_EVENT")) },
    "what else is open could not be finished, and no event was refused as malformed",
  ],
  [
    "a message that no metric counted",
    { metrics: [metric("received", 3), metric("consumed", 2)] },
    "received = consumed + duplicate + ignored + failed + parked",
  ],
];

it.each(BREACHES)("The accounting reports %s", (_, changes, name) => {
  expect(broken(factsWith(changes))).toContain(name);
});

it("Every check has a violation that it reports", () => {
  const seen = new Set(BREACHES.map(([, , name]) => name));

  expect(check(factsWith()).map(({ name }) => name)).toEqual(expect.arrayContaining([...seen]));
  expect(seen.size).toBe(check(factsWith()).length);
});

it("A skipped mail must not have been sent, and is lost unless its order has moved on", () => {
  const skipped = [CONFIRMATION, { eventId: CONFIRMATION, state: "SKIPPED" } as const] as const;

  const names = broken(factsWith({ claims: new Map([...factsWith().claims, skipped]) }));

  expect(names).toContain("no mail left without its claim");
  expect(names).toContain("every event is in exactly one place, for each of its consumers");
});

it("A mail of unknown outcome is in the store, whether it has arrived or not", () => {
  const facts = factsWith({
    claims: new Map([
      ...factsWith().claims,
      [CONFIRMATION, { eventId: CONFIRMATION, state: "SENDING" } as const],
    ]),
    failed: failed(row(`notify-customer~${CONFIRMATION}`, "OPEN", "OUTCOME_UNKNOWN")),
  });

  expect(broken(facts)).toEqual([]);
  expect(totalsOf(facts).places).toEqual({ done: 6, "in the store": 1, superseded: 1 });
});
