import { expect, it } from "vitest";
import type { FailedStatus } from "../../../functions/contract/failures.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import { newOrder, type Order } from "../../../functions/orders/domain/order.ts";
import { check, totalsOf } from "./accounting.ts";
import type { Outcomes } from "./audit.ts";
import { deliveriesOf } from "./deliveries.ts";
import type { FinalState } from "./final-state.ts";

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
/** Confirmed, then cancelled: its first mail is superseded. */
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

/** The consumers that these tests name; any other has handled its events. */
const NAMED: ReadonlySet<string> = new Set(["order-created", "order-cancelled", "notify-customer"]);
const OTHERS = [...deliveriesOf(ORDERS)].filter(({ consumer }) => !NAMED.has(consumer));
const AUDIT = [
  ...ORDERS.map((order) => finished("order-created", created(order))),
  finished("order-cancelled", CANCELLATION),
  finished("notify-customer", SUPERSEDED, { ignored: 1 }),
  ...MAILED.map((eventId) => finished("notify-customer", eventId)),
  ...OTHERS.map(({ consumer, eventId }) => finished(consumer, eventId)),
];

function auditOf(entries: typeof AUDIT): FinalState["audit"] {
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

/** The state of a correct run, with the changes of a test. */
function stateWith(changes: Partial<FinalState> = {}): FinalState {
  return {
    reported: {
      accepted: new Map(ORDERS.map(({ orderId }) => [`key of ${orderId}`, new Set([orderId])])),
      cancelled: new Set([CANCELLED.orderId]),
      undocumented: [],
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
    unfinished: [],
    ...changes,
  };
}

const violated = (state: FinalState) =>
  check(state)
    .filter(({ violations }) => violations.length > 0)
    .map(({ name }) => name);
const orders = (...all: readonly Order[]) => new Map(all.map((order) => [order.orderId, order]));
const failed = (...rows: readonly FailedMessage[]) =>
  new Map([row(POISON, "OPEN", "MALFORMED_JSON"), ...rows].map((each) => [each.failedKey, each]));
const reported = (changes: Partial<FinalState["reported"]>) => ({ ...stateWith().reported, ...changes });

it("A run without a loss passes every check", () => {
  const state = stateWith();

  expect(violated(state)).toEqual([]);
  expect(totalsOf(state)).toMatchObject({
    lost: 0,
    duplicated: 0,
    locations: { done: 7 + OTHERS.length, superseded: 1 },
    mails: 3,
  });
});

const PLACE = "every event is in exactly one place for each of its consumers";
const HELD = "held stock is that of the orders";
const SUM = "onHand = held + available, and neither is below 0";
const UNKNOWN = "every mail of unknown outcome is listed for an operator, and no other claim is open";

const VIOLATIONS: readonly (readonly [what: string, changes: Partial<FinalState>, check: string])[] = [
  [
    "an accepted order without a row",
    { orders: orders(CONFIRMED, CANCELLED) },
    "every accepted order has its row",
  ],
  [
    "a key with two orders",
    { reported: reported({ accepted: new Map([["key", new Set(ORDERS.map(({ orderId }) => orderId))]]) }) },
    "each Idempotency-Key made one order, each order has one key",
  ],
  [
    "an order without a success response",
    { reported: reported({ accepted: new Map([["key", new Set([CONFIRMED.orderId])]]) }) },
    "every order was reported to a client",
  ],
  [
    "a forgotten cancel",
    { reported: reported({ cancelled: new Set([CONFIRMED.orderId]) }) },
    "every accepted cancel shows on its order",
  ],
  ["an order that stays PENDING", { orders: orders(base("a"), REJECTED, CANCELLED) }, PLACE],
  [
    "stock of a cancelled order",
    { orders: orders(CONFIRMED, REJECTED, { ...CANCELLED, stockHeld: true }) },
    PLACE,
  ],
  ["a mail without a claim", { claims: new Map(), mailed: new Map() }, PLACE],
  [
    "an event that is both done and open in the store",
    { failed: failed(row(`order-created~${created(CONFIRMED)}`, "OPEN", "RETRIES_EXHAUSTED")) },
    PLACE,
  ],
  [
    "a superseded event that no consumer received",
    { audit: auditOf(AUDIT.filter(([, eventId]) => eventId !== SUPERSEDED)) },
    "every event has an outcome of each of its consumers, or a row in the store",
  ],
  [
    "an undocumented response",
    { reported: reported({ undocumented: ["404"] }) },
    "every response of the API is documented",
  ],
  ["stock taken twice", { stock: [{ sku: "tea", onHand: 10, held: 4, available: 6 }] }, HELD],
  ["stock released twice", { stock: [{ sku: "tea", onHand: 10, held: 2, available: 10 }] }, SUM],
  ["stock below zero", { stock: [{ sku: "tea", onHand: 1, held: 2, available: -1 }] }, SUM],
  ["a lost stock count", { counted: new Map([["tea", 12]]) }, "onHand is that of the last count"],
  [
    "stock held by a rejected order",
    { orders: orders(CONFIRMED, { ...REJECTED, stockHeld: true }, CANCELLED) },
    "only confirmed orders, and those whose release is in the store, hold stock",
  ],
  [
    "two messages that reserved for one order",
    { audit: auditOf([finished("order-created", created(CONFIRMED), { done: 2 }), ...AUDIT]) },
    "no order was reserved or rejected by two messages",
  ],
  [
    "two mails about one event",
    { mailed: new Map([[CONFIRMATION, 2]]) },
    "at most one mail for each order and status",
  ],
  [
    "a mail about a status that its order never had",
    { untrue: ["hello"] },
    "every mail is about a status that its order has had",
  ],
  ["a mail without a claim", { claims: new Map() }, "every mail has a claim"],
  ["a mark without a mail", { mailed: new Map() }, "every mail that is marked as sent arrived"],
  [
    "a claim that is not listed",
    { claims: new Map([[CONFIRMATION, { eventId: CONFIRMATION, state: "SENDING" }]]), mailed: new Map() },
    UNKNOWN,
  ],
  [
    "a message that is still queued",
    { unfinished: ["1 in a queue"] },
    "queues, dead-letter queues and bucket are empty, and no row is in progress",
  ],
  ["a lost poison", { failed: new Map() }, "every poison is open in the store, with its reason"],
  [
    "a valid event that was refused",
    { failed: failed(row("order-created~x", "OPEN", "INVALID_EVENT")) },
    "every other open row failed for good, and none was refused as malformed",
  ],
  [
    "a message that no metric counted",
    { metrics: [metric("received", 3), metric("consumed", 2)] },
    "received = consumed + duplicate + ignored + failed + parked",
  ],
];

it.each(VIOLATIONS)("The accounting reports %s", (_, changes, name) => {
  expect(violated(stateWith(changes))).toContain(name);
});

it("Every check has a violation that it reports", () => {
  const seen = new Set(VIOLATIONS.map(([, , name]) => name));

  expect(check(stateWith()).map(({ name }) => name)).toEqual(expect.arrayContaining([...seen]));
  expect(seen.size).toBe(check(stateWith()).length);
});

it("A skipped mail that was sent is a mail without a claim, and is lost unless its order has a later status", () => {
  const skipped = [CONFIRMATION, { eventId: CONFIRMATION, state: "SKIPPED" } as const] as const;

  const names = violated(stateWith({ claims: new Map([...stateWith().claims, skipped]) }));

  expect(names).toContain("every mail has a claim");
  expect(names).toContain("every event is in exactly one place for each of its consumers");
});

it("A mail of unknown outcome passes every check where it is in the store", () => {
  const state = stateWith({
    claims: new Map([
      ...stateWith().claims,
      [CONFIRMATION, { eventId: CONFIRMATION, state: "SENDING" } as const],
    ]),
    failed: failed(row(`notify-customer~${CONFIRMATION}`, "OPEN", "OUTCOME_UNKNOWN")),
  });

  expect(violated(state)).toEqual([]);
  expect(totalsOf(state).locations).toEqual({ done: 6 + OTHERS.length, "in the store": 1, superseded: 1 });
});
