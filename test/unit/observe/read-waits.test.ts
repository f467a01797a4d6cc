import { describe, expect, test } from "vitest";
import { MAIL_FEEDBACK } from "../../../functions/contract/names.ts";
import type { ConsumerView } from "../../../functions/contract/operator-answers.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { SUPPRESSED } from "../../../functions/orders/send-notifications.ts";
import { MAILER } from "../../../lib/operator/observe/order-waits.ts";
import { readWaits } from "../../../lib/operator/observe/read-waits.ts";
import type { TimelineEntry } from "../../../lib/operator/observe/view-types.ts";

const ORDER = {
  orderId: "A",
  status: "CONFIRMED",
  version: 2,
  updatedAt: "2026-01-01T00:00:00Z",
} as OrderView;
const EVENT = "A:2:order.confirmed";
const CONSUMERS = ["publish-events", "notify-customer"].map(
  (name) => ({ name, on: ["order.confirmed"], state: "RUNNING" }) as unknown as ConsumerView,
);
const entry = (source: string, outcome: string) => ({ at: 1, source, event: EVENT, outcome, attempt: 1 });

async function readsOf(...entries: readonly ReturnType<typeof entry>[]): Promise<readonly string[]> {
  return readsFor(ORDER, entries);
}

async function readsFor(
  order: OrderView,
  entries: readonly ReturnType<typeof entry>[],
): Promise<readonly string[]> {
  const seen: string[] = [];
  const refuse = (name: string) => {
    seen.push(name);
    return Promise.reject(new Error(name));
  };
  await readWaits(
    {
      consumers: async () => ({ consumers: CONSUMERS }) as never,
      queues: () => refuse("queues"),
      metrics: () => refuse("metrics"),
      failedMessages: (event) => refuse(`failed messages of ${event}`),
    },
    order,
    entries,
  );
  return seen;
}

test("a decided order that each consumer has finished needs no further reads", async () => {
  expect(await readsOf(entry("publish-events", "published"), entry("notify-customer", "mailed"))).toEqual([]);
});

test("the failed messages are read at once, where a consumer is unfinished", async () => {
  expect(await readsOf(entry("publish-events", "published"), entry("notify-customer", "retry"))).toEqual([
    "queues",
    "metrics",
    `failed messages of ${EVENT}`,
  ]);
});

test("queues and metrics are not read where no line of the event is left", async () => {
  expect(await readsOf()).toEqual([`failed messages of ${EVENT}`]);
});

test("a cancelled order whose stock is still held needs all reads, also without a line of its event", async () => {
  const held: OrderView = { ...ORDER, status: "CANCELLED", version: 3, stockHeld: true };

  expect(await readsFor(held, [])).toEqual(["queues", "metrics", "failed messages of A:3:order.cancelled"]);
});

describe("the mail about the latest event", () => {
  const waitsWith = async (...entries: readonly TimelineEntry[]) => {
    const refuse = () => Promise.reject(new Error("not read"));
    const consumers = async () => ({ consumers: CONSUMERS });
    const reads = { consumers, queues: refuse, metrics: refuse, failedMessages: refuse };
    const published = [entry("publish-events", "published"), ...entries];
    return readWaits(reads, ORDER, published);
  };
  const textsOf = async (...entries: readonly TimelineEntry[]) =>
    (await waitsWith(...entries)).map(({ text }) => text);
  const suppressed = { ...entry(MAILER, "ignored"), detail: SUPPRESSED.why };

  test.each([
    ["bounced", "bounced, and its address was suppressed"],
    ["complained", "led to a complaint, and its address was suppressed"],
    ["rejected", "was rejected by the provider and is not delivered"],
  ])("that was %s is reported", async (outcome, text) => {
    expect(await textsOf(entry(MAILER, "mailed"), entry(MAIL_FEEDBACK, outcome))).toEqual([
      `The mail about order.confirmed ${text} (1970-01-01T00:00:00.001Z).`,
    ]);
  });

  test("that was not sent is reported with the first reason, also after a further message", async () => {
    const later = { ...entry(MAILER, "ignored"), detail: "superseded" };

    expect(await textsOf(suppressed, later)).toEqual([
      `The mail about order.confirmed was not sent: ${SUPPRESSED.why}.`,
    ]);
  });

  test("names the order whose address is suppressed", async () => {
    const suppressing = [suppressed, entry(MAIL_FEEDBACK, "bounced"), entry(MAIL_FEEDBACK, "complained")];

    for (const each of suppressing)
      expect(await waitsWith(each)).toMatchObject([{ suppressedOrder: ORDER.orderId }]);
    for (const each of [
      entry(MAIL_FEEDBACK, "rejected"),
      { ...suppressed, detail: "no sender is configured" },
    ])
      expect((await waitsWith(each))[0]).not.toHaveProperty("suppressedOrder");
  });

  test("that was sent, at once or later, is not reported", async () => {
    expect(await textsOf(entry(MAILER, "mailed"))).toEqual([]);
    expect(await textsOf({ ...suppressed, detail: "postponed: Throttled" }, entry(MAILER, "mailed"))).toEqual(
      [],
    );
  });

  test("of an earlier event is not reported", async () => {
    const earlier = { ...entry(MAIL_FEEDBACK, "bounced"), event: "A:1:order.created" };

    expect(await textsOf(entry(MAILER, "mailed"), earlier)).toEqual([]);
  });
});
