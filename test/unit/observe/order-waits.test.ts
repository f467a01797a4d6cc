import { describe, expect, test } from "vitest";
import { CONSUMERS, isQueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../../functions/consumers/define-consumer.ts";
import { KAFKA_CONSUMER, RABBITMQ_CONSUMER } from "../../../functions/contract/broker-names.ts";
import type { ConsumerView, FailedMessageView } from "../../../functions/contract/operator-answers.ts";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { FINISHING } from "../../../functions/failures/maintenance/watch-unfinished-orders.ts";
import { FINISHERS, MAILER, type OrderSources, waitsOf } from "../../../lib/operator/observe/order-waits.ts";
import type { TimelineEntry } from "../../../lib/operator/observe/view-types.ts";

const NOW = Date.UTC(2026, 0, 1, 3, 20);
const PLACED = new Date(NOW - 60_000).toISOString();
const order = (status: OrderView["status"] = "PENDING", version = 1) =>
  ({ orderId: "A", status, version, createdAt: PLACED, updatedAt: PLACED }) as OrderView;
const ON: Readonly<Record<string, readonly string[]>> = {
  "order-created": ["order.created"],
  "order-cancelled": ["order.cancelled"],
  "notify-customer": ["order.confirmed", "order.rejected", "order.cancelled"],
};
const consumer = (
  name: string,
  state: ConsumerView["state"] = "RUNNING",
  at = "2026-01-01T03:17:20Z",
): ConsumerView => ({
  name,
  on: name === "publish-events" ? EVENT_TYPES : (ON[name] ?? []),
  state,
  isSwitching: false,
  mappings: [],
  keptSeconds: 1,
  whilePaused: [],
  ...(state === "PAUSED" && {
    pause: { by: "olga", at, why: "stock is being counted" },
  }),
});
const RUNNING = ["order-created", "order-cancelled", "notify-customer", "publish-events"].map((name) =>
  consumer(name),
);
const paused = (name: string, at?: string) =>
  RUNNING.map((each) => (each.name === name ? consumer(name, "PAUSED", at) : each));
const entry = (source: string, outcome: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  at: NOW - 50_000,
  source,
  event: "A:1:order.created",
  outcome,
  ...more,
});
const PUBLISHED = entry("publish-events", "published");
const row = (status: FailedMessageView["status"], more: Partial<FailedMessageView> = {}) =>
  ({
    failedKey: "order-created~A:1:order.created",
    status,
    consumer: "order-created",
    reason: "RETRIES_EXHAUSTED",
    errorMessage: "the table is gone",
    lastAt: "2026-01-01T03:17:20Z",
    dueAt: "2026-01-01T03:21:00Z",
    ...more,
  }) as FailedMessageView;
const queue = (waiting: number) => ({
  consumer: "order-created",
  waiting,
  inFlight: 0,
  deadLetters: 0,
  undelivered: 0,
  oldestSeconds: 55,
});
const waits = (sources: Partial<OrderSources>) =>
  waitsOf({ order: order(), consumers: RUNNING, entries: [PUBLISHED], failed: [], now: NOW, ...sources });
const texts = (sources: Partial<OrderSources>) => waits(sources).map(({ text }) => text);

describe("an order that waits", () => {
  test("after failed attempts has their number, the error and the next try", () => {
    const entries = [
      PUBLISHED,
      entry("order-created", "retry", { attempt: 1, detail: "Error: a", retryInSeconds: 30 }),
      entry("order-created", "retry", {
        at: NOW - 21_000,
        attempt: 2,
        detail: "Error: b",
        durationMs: 1_000,
        retryInSeconds: 60,
      }),
    ];

    expect(texts({ entries })).toEqual([
      "order-created received it 2 times: 2 attempts failed (Error: b). The next try is in 40 s.",
    ]);
  });

  test("counts the receives without an outcome, also after a retry from the dead-letter queue", () => {
    const entries = [
      PUBLISHED,
      entry("order-created", "retry", { attempt: 3 }),
      entry("order-created", "retry", { attempt: 5 }),
      entry("order-created", "retry", { attempt: 2 }),
    ];

    expect(texts({ entries })).toEqual([
      "order-created received it 7 times: 3 attempts failed, 4 had no outcome: a crash, a time-out or a throttle. It is retried from the dead-letter queue.",
    ]);
  });

  test("whose next try is overdue says for how long", () => {
    const entries = [PUBLISHED, entry("order-created", "retry", { attempt: 1, retryInSeconds: 30 })];

    expect(texts({ entries })).toEqual([
      "order-created received it once: 1 attempt failed. The next try was due 20 s ago.",
    ]);
  });

  test.each([
    ["OPEN", "Parked by order-created since 2026-01-01T03:17:20Z (RETRIES_EXHAUSTED: the table is gone)."],
    [
      "RETRYING",
      "Failed in order-created (RETRIES_EXHAUSTED: the table is gone) and is retried, until 2026-01-01T03:21:00Z",
    ],
    ["REDRIVEN", "Redriven to order-created, and has had no outcome since."],
    ["DISCARDED", "Discarded by an operator: order-created will not handle it."],
  ] as const)("for a failed message that is %s names it", (status, expected) => {
    const [wait, ...others] = waits({ failed: [row(status)] });

    expect(wait?.text).toContain(expected);
    expect(wait?.failedKey).toBe("order-created~A:1:order.created");
    expect(others).toEqual([]);
  });

  test("is held by a paused consumer, with the operator, the time and the reason", () => {
    expect(texts({ consumers: paused("order-created") })).toEqual([
      "Held by order-created, which is paused since 2026-01-01T03:17:20Z by olga: stock is being counted.",
    ]);
  });

  test("is probably held where the attempts are not known", () => {
    expect(texts({ consumers: paused("order-created"), entries: undefined })[0]).toMatch(/^Probably held by/);
  });

  test("is held by a paused publisher, and by no consumer behind it", () => {
    const consumers = RUNNING.map(({ name }) => consumer(name, "PAUSED"));

    expect(waits({ consumers, entries: [] }).map(({ consumer: by }) => by)).toEqual(["publish-events"]);
  });

  test.each([
    [
      "whose event was published",
      [entry("publish-events", "published", { event: "A:2:order.confirmed" })],
      "",
    ],
    ["decided after the pause, without lines", [], ""],
    ["decided after the pause, without the attempts", undefined, "Probably h"],
  ])("is a confirmed one %s, whose mail is held", (_, entries, start) => {
    const [text, ...others] = texts({
      order: order("CONFIRMED", 2),
      entries,
      consumers: paused("notify-customer"),
    });

    expect(text).toMatch(new RegExp(`^${start || "H"}eld by notify-customer, which is paused since`));
    expect(others).toEqual([]);
  });

  test("while its consumer crashes is probably among the crashes", () => {
    const metrics = {
      stepSeconds: 60,
      at: [NOW],
      series: [{ name: "errors", consumer: "order-created", values: [12] }] as const,
    };

    expect(texts({ metrics })[0]).toMatch(/12 invocations of it crashed in the last 5 minutes: probably/);
  });

  test("leads to the log of its latest invocation, or to the crashes where the timeline is unknown", () => {
    const retried = entry("order-created", "retry", { attempt: 1, requestId: "r1" });
    const crashed = entry("order-created", "crashed", { requestId: "r2" });
    const metrics = {
      stepSeconds: 60,
      at: [NOW],
      series: [{ name: "errors", consumer: "order-created", values: [1] }] as const,
    };
    const lookedAt = (entries: readonly TimelineEntry[] | undefined) => waits({ entries, metrics })[0];

    expect(lookedAt([PUBLISHED, retried, crashed])).toMatchObject({
      text: expect.stringContaining("received it once: 1 attempt failed"),
      attempt: { requestId: "r2" },
    });
    expect(lookedAt([PUBLISHED, crashed])).toMatchObject({ attempt: { requestId: "r2" } });
    expect(lookedAt(undefined)).toMatchObject({ hasCrashes: true });
  });

  test("without an attempt probably waits in the queue", () => {
    expect(texts({ queues: [queue(7)] })).toEqual([
      "Probably waits in the queue of order-created: 7 wait there and 0 are in flight, the oldest for 55 s.",
    ]);
  });

  test("for nothing that is known says so", () => {
    expect(texts({ queues: [queue(0)] })[0]).toMatch(/^It is unknown where its event is/);
  });
});

describe("a cancelled order whose stock is still held", () => {
  const held: OrderView = { ...order("CANCELLED", 3), stockHeld: true };
  const event = "A:3:order.cancelled";
  const PAUSED_LATER = new Date(NOW).toISOString();

  test("is held by the paused consumer that releases it, also without lines and after an earlier cancellation", () => {
    const consumers = paused("order-cancelled", PAUSED_LATER);

    expect(texts({ order: held, entries: [], consumers })).toEqual([
      `Held by order-cancelled, which is paused since ${PAUSED_LATER} by olga: stock is being counted.`,
    ]);
  });

  test("has the failed message that explains it", () => {
    const failedKey = `order-cancelled~${event}`;

    expect(
      waits({ order: held, entries: [], failed: [row("OPEN", { failedKey, consumer: "order-cancelled" })] }),
    ).toMatchObject([{ consumer: "order-cancelled", failedKey }]);
  });

  test("waits for its event to be published again where nothing explains it", () => {
    const [text, ...others] = texts({ order: held, entries: [] });

    expect(text).toMatch(/^It is unknown where its event is: no attempt, .*Maintenance publishes it again/);
    expect(others).toEqual([]);
  });

  test("is not explained by a mail that waits", () => {
    const failed = [row("OPEN", { failedKey: `notify-customer~${event}`, consumer: "notify-customer" })];

    const found = texts({ order: held, entries: [], failed });

    expect(found[0]).toMatch(/^Parked by notify-customer/);
    expect(found[1]).toMatch(/^It is unknown where its event is/);
  });

  test("is not held by a consumer that was paused after it may have sent the mail", () => {
    const consumers = paused("notify-customer", PAUSED_LATER);

    expect(texts({ order: held, entries: [], consumers })).toEqual([
      expect.stringMatching(/^It is unknown where its event is/),
    ]);
  });

  test("was cancelled a moment ago, so that nothing has to be explained", () => {
    expect(waits({ order: held, entries: [], now: Date.parse(PLACED) + 1_000 })).toEqual([]);
  });

  test("is explained no longer once the stock is released", () => {
    expect(waits({ order: { ...held, stockHeld: false }, entries: [] })).toEqual([]);
  });
});

test("the consumers that change orders are those whose failed messages maintenance looks for", () => {
  const consumers: readonly string[] = [KAFKA_CONSUMER, RABBITMQ_CONSUMER];
  const isConsumer = (name: string) => isQueueConsumer(name) || consumers.includes(name);

  expect(FINISHERS).toEqual(new Set(FINISHING.filter(isConsumer)));
});

test("the consumer that sends mails is the only one with access to them", () => {
  const mailers = CONSUMERS.filter(({ access }: ConsumerDeclaration) => access.includes("mail"));

  expect(mailers.map(({ name }) => name)).toEqual([MAILER]);
});

describe("an order that waits for nothing", () => {
  test("is one that each reader has finished", () => {
    const event = "A:2:order.confirmed";
    const entries = [
      entry("publish-events", "published", { event }),
      entry("notify-customer", "mailed", { event }),
    ];

    expect(waits({ order: order("CONFIRMED", 2), entries, consumers: paused("notify-customer") })).toEqual(
      [],
    );
  });

  test("is a decided one without lines of its event, which may be older than the logs", () => {
    expect(
      waits({
        order: order("CONFIRMED", 2),
        entries: [],
        consumers: paused("notify-customer", new Date(NOW).toISOString()),
      }),
    ).toEqual([]);
  });

  test("is one that was placed a moment ago", () => {
    expect(waits({ now: Date.parse(PLACED) + 1_000 })).toEqual([]);
  });

  test("is one whose consumers cannot be read", () => {
    expect(waits({ consumers: undefined })).toEqual([]);
  });
});
