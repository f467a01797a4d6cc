import { describe, expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { DONE, type Outcome } from "../../../functions/middleware/outcome.ts";
import { reported, testConsumer } from "../../fakes/test-consumer.ts";
import { created, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

const records = (count: number) =>
  Array.from({ length: count }, (_, i) => sqsRecord(created(order(`order ${i}`)), { messageId: String(i) }));
const finished = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

describe("the deadline", () => {
  test("C7: unfinished records are reported, finished ones are not, and no record starts", async () => {
    const hanging = Promise.withResolvers<Outcome>();
    const started: string[] = [];
    const { handler, clock, out, queues } = testConsumer(
      {
        one: async (event: OrderEvent) => {
          started.push(event.subject);
          return started.length === 2 ? hanging.promise : DONE;
        },
      },
      { settings: { concurrency: 1 } },
    );

    const response = handler(sqsEvent(...records(4)), context(10_000));
    await finished();
    clock.advance(9_000);

    expect(await response).toEqual(reported("1", "2", "3"));
    expect(started).toHaveLength(2);
    expect(out.total(METRICS.consumed)).toBe(1);
    expect(out.total(METRICS.failed)).toBe(3);
    // Records that never started are redelivered at once, the started one after its back-off.
    expect(queues.visibility.get("receipt-of-2")).toBe(0);
    expect(queues.visibility.get("receipt-of-3")).toBe(0);
  });

  test("B7: a late outcome of an abandoned record changes neither response nor metrics, and starts nothing", async () => {
    const hanging = Promise.withResolvers<Outcome>();
    let started = 0;
    const { handler, clock, out, failures } = testConsumer(
      {
        one: async () => {
          started += 1;
          return hanging.promise;
        },
      },
      { settings: { concurrency: 1 } },
    );
    const response = handler(sqsEvent(...records(2)), context(10_000));
    await finished();
    clock.advance(9_000);
    await response;
    const before = out.text();

    hanging.resolve({ kind: "retry", error: new Error("late") });
    await finished();

    expect(out.text()).toBe(before);
    expect(started).toBe(1);
    expect(failures.notes).toEqual([]);
  });

  test.each([0, 999, 1_000])(
    "with %i ms left no record is started, and all are reported",
    async (remaining) => {
      let started = 0;
      const { handler, queues } = testConsumer({
        one: async () => {
          started += 1;
          return DONE;
        },
      });

      const response = await handler(sqsEvent(...records(3)), context(remaining));

      expect(response).toEqual(reported("0", "1", "2"));
      expect(started).toBe(0);
      expect([...queues.visibility.values()]).toEqual([0, 0, 0]);
    },
  );

  // https://github.com/aws-powertools/powertools-lambda-python/issues/4759
  test.each([0, -1, -300_000, Number.NaN, Number.NEGATIVE_INFINITY])(
    "K32: with %d ms left no message is acknowledged that was not handled",
    async (remainingMs) => {
      const handled: string[] = [];
      const one = async ({ subject }: OrderEvent) => {
        handled.push(subject);
        return DONE;
      };
      const { handler } = testConsumer({ one });
      const events = ["1", "2", "3"].map((key) => created(order(key)));
      const records = events.map((event) => sqsRecord(event, { messageId: event.subject }));

      const response = await handler(sqsEvent(...records), context(remainingMs));

      const failed = new Set(
        (response as { batchItemFailures: { itemIdentifier: string }[] }).batchItemFailures.map(
          ({ itemIdentifier }) => itemIdentifier,
        ),
      );
      for (const { subject } of events)
        expect([failed.has(subject), handled.includes(subject)]).toContain(true);
    },
  );

  test("with 1 ms more than the reserve the batch is started", async () => {
    const { handler } = testConsumer({ one: async () => DONE });

    expect(await handler(sqsEvent(...records(1)), context(1_001))).toEqual(reported());
  });

  test("C7: no record starts just before the deadline, although none hangs", async () => {
    let started = 0;
    const { handler, clock } = testConsumer(
      {
        one: () => {
          started += 1;
          clock.advance(9_000);
          return DONE;
        },
      },
      { settings: { concurrency: 1 } },
    );

    expect(await handler(sqsEvent(...records(3)), context(10_000))).toEqual(reported("1", "2"));
    expect(started).toBe(1);
  });

  test("no wave starts once the time is used up", async () => {
    const waves: number[] = [];
    const lane = created(order("one lane"));
    const { handler, clock } = testConsumer({
      many: async (events) => {
        waves.push(events.length);
        clock.advance(9_000);
        return events.map(() => DONE);
      },
    });
    const batch = [sqsRecord(lane, { messageId: "a" }), sqsRecord(lane, { messageId: "b" })];

    const response = await handler(sqsEvent(...batch), context(10_000));

    expect(waves).toEqual([1]);
    expect(response).toEqual(reported("b"));
  });

  test("the handler receives the deadline after which its outcomes are ignored", async () => {
    const deadlines: number[] = [];
    const { handler, clock } = testConsumer(
      {
        one: async (_event, deadline) => {
          deadlines.push(deadline);
          return DONE;
        },
      },
      { settings: { reserveMs: 3_000 } },
    );

    await handler(sqsEvent(...records(1)), context(10_000));

    expect(deadlines).toEqual([clock.now() + 7_000]);
  });

  test("the negative acknowledgement ends after half a second, also with a slow queue", async () => {
    const { handler, clock, queues } = testConsumer({ one: async () => ({ kind: "retry" }) });
    queues.changeVisibility = () => new Promise(() => {});

    const response = handler(sqsEvent(...records(1)), context());
    await finished();
    clock.advance(500);

    expect(await response).toEqual(reported("0"));
  });
});

describe("expiry", () => {
  const settings = { maxAgeSeconds: 60 };
  const done = { one: async () => DONE };

  test.each([
    [60_000, {}, 0],
    [60_001, {}, 1],
    [-600_000, {}, 0],
    [86_400_000, { dlqRetryCount: "1" }, 0],
    [86_400_000, { redriveId: "r" }, 0],
  ])("B15: a message that is %i ms old, with %o, is parked %i times", async (age, attributes, times) => {
    const { handler, clock, failures } = testConsumer(done, { settings });
    const record = sqsRecord(created(order("1")), { sentAt: clock.now() - age, attributes });

    const response = await handler(sqsEvent(record), context());

    expect(response).toEqual(reported());
    expect(failures.notes.filter(({ reason }) => reason === "EXPIRED")).toHaveLength(times);
  });

  test("B2: is off by default: a message of a year ago is handled", async () => {
    const { handler, clock, out } = testConsumer(done);

    await handler(
      sqsEvent(sqsRecord(created(order("1")), { sentAt: clock.now() - 31_536_000_000 })),
      context(),
    );

    expect(out.total(METRICS.consumed)).toBe(1);
  });
});
