import { describe, expect, test } from "vitest";
import { METRICS, SERVICE } from "../../../functions/contract/names.ts";
import { type ConsumerSettings, completeSettings } from "../../../functions/middleware/consumer.ts";
import { emfLine } from "../../../functions/middleware/metrics.ts";
import { DONE } from "../../../functions/middleware/outcome.ts";
import { schedule } from "../../../functions/middleware/schedule.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { sink } from "../../fakes/sink.ts";
import { reported, testConsumer } from "../../fakes/test-consumer.ts";
import { cancelled, created, NOW, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

describe("the metrics of a batch", () => {
  test("are one line for each event type, each counting its own", async () => {
    const { handler, out } = testConsumer({
      one: async (event) => (event.type === "order.cancelled" ? { kind: "duplicate" } : DONE),
    });

    await handler(
      sqsEvent(
        sqsRecord(created(order("1"))),
        sqsRecord(cancelled(order("2"))),
        sqsRecord(created(order("3"))),
        sqsRecord("{"),
      ),
      context(),
    );

    const counts = out
      .metrics()
      .map((line) => [line["type"], line[METRICS.received], line["service"], line["consumer"]]);
    expect(counts).toEqual([
      ["order.created", 2, "order-events", "test-consumer"],
      ["order.cancelled", 1, "order-events", "test-consumer"],
      ["unknown", 1, "order-events", "test-consumer"],
    ]);
    expect(out.total(METRICS.consumed, "order.created")).toBe(2);
    expect(out.total(METRICS.consumed, "order.cancelled")).toBe(0);
    expect(out.total(METRICS.duplicate, "order.cancelled")).toBe(1);
    expect(out.total(METRICS.parked, "unknown")).toBe(1);
  });

  test("carry time and age in milliseconds, under both dimension sets", async () => {
    const test = testConsumer({
      one: async () => {
        test.clock.advance(12);
        return DONE;
      },
    });

    await test.handler(sqsEvent(sqsRecord(created(order("1")), { sentAt: NOW - 500 })), context());

    expect(test.out.metrics()).toEqual([
      {
        _aws: {
          Timestamp: NOW,
          CloudWatchMetrics: [
            {
              Namespace: "order-events",
              Dimensions: [["service", "consumer", "type"], ["service"]],
              Metrics: [
                { Name: METRICS.received, Unit: "Count" },
                { Name: METRICS.consumed, Unit: "Count" },
                { Name: METRICS.processingTime, Unit: "Milliseconds" },
                { Name: METRICS.messageAge, Unit: "Milliseconds" },
              ],
            },
          ],
        },
        service: "order-events",
        consumer: "test-consumer",
        type: "order.created",
        [METRICS.received]: 1,
        [METRICS.consumed]: 1,
        [METRICS.processingTime]: [12],
        [METRICS.messageAge]: [500],
      },
    ]);
  });

  test.each([
    ["in the future", String(NOW + 600_000)],
    ["not a number", "soon"],
    ["absent", undefined],
  ])("B15: of a message whose time is %s are numbers, without an age below 0", async (_, SentTimestamp) => {
    const { handler, out } = testConsumer({ one: async () => DONE });
    const record = sqsRecord(created(order("1")));

    await handler(
      sqsEvent({ ...record, attributes: { ApproximateReceiveCount: "1", SentTimestamp } }),
      context(),
    );

    expect(out.metrics()[0]?.[METRICS.messageAge]).toEqual([0]);
  });

  test("have the additional counts of the consumer", async () => {
    const { handler, out } = testConsumer(
      { one: async () => DONE },
      {
        alsoCount: ({ consumed, failed }) => ({
          [METRICS.published]: consumed,
          [METRICS.publishFailed]: failed,
        }),
      },
    );

    await handler(sqsEvent(sqsRecord(created(order("1")))), context());

    expect([out.total(METRICS.published), out.total(METRICS.publishFailed)]).toEqual([1, 0]);
  });

  test("C9: a sink that throws changes no response", async () => {
    const { handler } = testConsumer(
      { one: async () => ({ kind: "retry" }) },
      {
        write() {
          throw new Error("EPIPE");
        },
      },
    );

    expect(await handler(sqsEvent(sqsRecord(created(order("1")), { messageId: "m" })), context())).toEqual(
      reported("m"),
    );
  });

  test("an event without records has a response and writes nothing", async () => {
    const { handler, out } = testConsumer({ one: async () => DONE });

    expect(await handler(sqsEvent(), context())).toEqual(reported());
    expect(out.text()).toBe("");
  });
});

describe("emfLine", () => {
  const line = { namespace: "n", at: 1, dimensions: { service: "s" }, dimensionSets: [["service"]] };

  test("omits counts of 0 and empty times", () => {
    const { _aws, ...rest } = JSON.parse(
      emfLine({ ...line, counts: { a: 0, b: 2 }, milliseconds: { c: [] } }),
    ) as Record<string, unknown>;

    expect(rest).toEqual({ service: "s", b: 2 });
    expect(_aws).toMatchObject({
      CloudWatchMetrics: [{ Namespace: "n", Metrics: [{ Name: "b", Unit: "Count" }] }],
    });
  });

  test.each([
    [100, [0, 99]],
    [101, [0, 100]],
    [1_000, [0, 999]],
  ])(
    "K31: of %i durations keeps 100 at most, the shortest and the longest among them",
    (count, [first, last]) => {
      // The longest is in the middle of the batch.
      const values = Array.from({ length: count }, (_, i) => (i * 7) % count);
      const parsed = JSON.parse(emfLine({ ...line, counts: {}, milliseconds: { t: values } })) as {
        t: number[];
      };

      expect(parsed.t).toHaveLength(100);
      expect([Math.min(...parsed.t), Math.max(...parsed.t)]).toEqual([first, last]);
      const median = parsed.t.toSorted((one, other) => one - other)[50] ?? 0;
      expect(Math.abs(median - count / 2)).toBeLessThanOrEqual(count / 100);
    },
  );

  test("is exactly one line", () => {
    expect(emfLine({ ...line, counts: { a: 1 } }).match(/\n/g)).toHaveLength(1);
  });
});

describe("settings", () => {
  test("have defaults", () => {
    expect(completeSettings()).toEqual({
      concurrency: 10,
      reserveMs: 1_000,
      maxAgeSeconds: 0,
      giveUpAfterSeconds: 0,
      firstBackOffSeconds: 30,
      longestBackOffSeconds: 300,
    });
    expect(completeSettings({ concurrency: 1 })).toMatchObject({ concurrency: 1, reserveMs: 1_000 });
  });

  test.each([
    [{ concurrency: 0 }, "concurrency must be an integer from 1 to 10000; received 0."],
    [{ concurrency: 10_001 }, "concurrency must be an integer from 1 to 10000; received 10001."],
    [{ concurrency: 1.5 }, "concurrency must be an integer from 1 to 10000; received 1.5."],
    [{ reserveMs: Number.NaN }, "reserveMs must be an integer from 0 to 60000; received NaN."],
    [{ maxAgeSeconds: -1 }, "maxAgeSeconds must be an integer from 0 to 1209600; received -1."],
    [
      { giveUpAfterSeconds: 86_401 },
      "giveUpAfterSeconds must be an integer from 0 to 86400; received 86401.",
    ],
    [{ firstBackOffSeconds: 0 }, "firstBackOffSeconds must be an integer from 1 to 3600; received 0."],
    [
      { longestBackOffSeconds: 36_001 },
      "longestBackOffSeconds must be an integer from 1 to 36000; received 36001.",
    ],
    [
      { prefetch: 10 },
      'Unknown setting "prefetch"; known are concurrency, reserveMs, maxAgeSeconds, giveUpAfterSeconds, firstBackOffSeconds, longestBackOffSeconds.',
    ],
  ])("%o is refused: %s", (settings, message) => {
    expect(() => completeSettings(settings as Partial<ConsumerSettings>)).toThrow(new RangeError(message));
  });

  test.each([{ concurrency: 1 }, { concurrency: 10_000 }, { reserveMs: 0 }, { maxAgeSeconds: 1_209_600 }])(
    "%o is taken",
    (settings) => {
      expect(completeSettings(settings)).toMatchObject(settings);
    },
  );
});

describe("a schedule", () => {
  test("runs every task, also after a failed one, and fails at the end", async () => {
    const out = sink();
    const deadlines: number[] = [];
    const run = schedule({
      steps: [
        {
          first: async () => {
            throw new Error("for ada@example.com");
          },
        },
        {
          second: async (deadline) => {
            deadlines.push(deadline);
            return { done: 2 };
          },
        },
      ],
      metrics: ({ first, second }) => ({ a: first?.["done"] ?? 0, b: second?.["done"] ?? 0 }),
      namespace: SERVICE,
      clock: fakeClock(NOW),
      write: out.write,
    });

    await expect(run({}, context(10_000))).rejects.toThrow("These tasks failed: first.");

    expect(deadlines).toEqual([NOW + 7_000]);
    expect(out.lines()).toEqual([
      {
        level: "error",
        task: "first",
        errorName: "Error",
        errorMessage: "for [e-mail]",
        stack: expect.arrayContaining([expect.stringContaining("report.test.ts:")]),
      },
    ]);
    expect(out.metrics()[0]).toMatchObject({ service: "order-events", b: 2 });
    expect(out.metrics()[0]).not.toHaveProperty("a");
  });

  test("returns the results of its tasks", async () => {
    const run = schedule({
      steps: [{ only: async () => ({ done: 1 }) }],
      metrics: () => ({}),
      clock: fakeClock(NOW),
      write: () => {},
    });

    expect(await run({}, context())).toEqual({ only: { done: 1 } });
  });
});
