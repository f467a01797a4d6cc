import { describe, expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import { DONE } from "../../../functions/middleware/outcome.ts";
import { reported, testConsumer } from "../../fakes/test-consumer.ts";
import { created, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

/** Observed errors of other batch libraries. */
const good = (id: string) => sqsRecord(created(order(id)), { messageId: id });
const inGroup = (id: string, groupId = "g") =>
  sqsRecord(created(order(id)), {
    messageId: id,
    groupId,
    queueArn: "arn:aws:sqs:eu-central-1:000000000000:q.fifo",
  });

describe("a malformed body", () => {
  test.each([
    ["that is not JSON", "{"],
    ["with the key __proto__", '{"__proto__":{"a":1}}'],
  ])("B14: %s fails alone; its neighbours run once and are acknowledged", async (_, body) => {
    const handled: string[] = [];
    const { handler, failures, out } = testConsumer({
      one: async (event) => {
        handled.push(event.subject);
        return DONE;
      },
    });

    const response = await handler(sqsEvent(good("1"), sqsRecord(body), good("2")), context());

    expect(response).toEqual(reported());
    expect(handled).toEqual([order("1").orderId, order("2").orderId]);
    expect(failures.notes.map(({ act }) => act)).toEqual(["park"]);
    expect(out.total(METRICS.parked, "unknown")).toBe(1);
  });
});

describe("a FIFO group", () => {
  test.each(["one", "many"] as const)(
    "stops at its first failure, handled as %s; other groups continue",
    async (mode) => {
      const handled: string[] = [];
      const handle = (subject: string) => {
        handled.push(subject);
        return subject === order("2").orderId ? ({ kind: "retry" } as const) : DONE;
      };
      const { handler } = testConsumer(
        mode === "one"
          ? { one: async (event) => handle(event.subject) }
          : { many: async (events) => events.map((event) => handle(event.subject)) },
      );
      const batch = [inGroup("1"), inGroup("2"), inGroup("3"), inGroup("4", "h"), inGroup("5")];

      const response = await handler(sqsEvent(...batch), context());

      expect(response).toEqual(reported("2", "3", "5"));
      expect(handled.sort()).toEqual(["1", "2", "4"].map((id) => order(id).orderId).sort());
    },
  );

  test("continues after a parked message", async () => {
    const { handler } = testConsumer({ one: async () => ({ kind: "park", reason: "STATE_CONFLICT" }) });

    expect(await handler(sqsEvent(inGroup("1"), inGroup("2")), context())).toEqual(reported());
  });

  test("does not wait for other groups", async () => {
    const first = Promise.withResolvers<typeof DONE>();
    const handled: string[] = [];
    const { handler } = testConsumer({
      one: async (event) => {
        handled.push(event.subject);
        if (handled.length === 3) first.resolve(DONE);
        return event.subject === order("a1").orderId ? first.promise : DONE;
      },
    });

    const response = await handler(
      sqsEvent(inGroup("a1", "a"), inGroup("b1", "b"), inGroup("b2", "b")),
      context(),
    );

    expect(response).toEqual(reported());
  });
});

describe("a large batch", () => {
  test("of 500 records never has more than 10 in flight", async () => {
    let inFlight = 0;
    let most = 0;
    const { handler, out } = testConsumer({
      one: async () => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await Promise.resolve();
        inFlight -= 1;
        return DONE;
      },
    });

    await handler(sqsEvent(...Array.from({ length: 500 }, (_, i) => good(String(i)))), context());

    expect(most).toBe(10);
    expect(out.total(METRICS.consumed)).toBe(500);
  });
});

describe("messages of one event in one batch", () => {
  test.each(["one", "many"] as const)("B1: never run concurrently, handled as %s", async (mode) => {
    const together: number[] = [];
    let inFlight = 0;
    const one = async () => {
      inFlight += 1;
      together.push(inFlight);
      await Promise.resolve();
      inFlight -= 1;
      return DONE;
    };
    const { handler } = testConsumer(
      mode === "one" ? { one } : { many: async (events) => Promise.all(events.map(one)) },
    );
    const copies = ["m1", "m2", "m3"].map((messageId) => sqsRecord(created(order("1")), { messageId }));

    expect(await handler(sqsEvent(...copies), context())).toEqual(reported());
    expect(together).toEqual([1, 1, 1]);
  });
});

describe("a middy middleware", () => {
  const done = () => testConsumer({ one: async () => DONE });

  test("C1: that throws before the batch fails the invocation without running a record", async () => {
    const { handler, out } = done();
    handler.use({
      before() {
        throw new Error("no secrets");
      },
    });

    await expect(handler(sqsEvent(good("1")), context())).rejects.toThrow("no secrets");
    expect(out.text()).toBe("");
  });

  test("C2: that returns a response before the batch acknowledges nothing", async () => {
    const { handler } = done();
    handler.use({ before: () => ({ batchItemFailures: [] }) });

    await expect(handler(sqsEvent(good("1")), context())).rejects.toThrow(
      "returned a value before the batch",
    );
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("too late");
      },
    ],
    ["answers", () => ({ batchItemFailures: [{ itemIdentifier: "1" }] })],
  ])("C9: that %s after the batch changes nothing", async (_, after) => {
    const { handler } = done();
    handler.use({ after });

    expect(await handler(sqsEvent(good("1")), context())).toEqual(reported());
  });

  test("C10: that replaces the response changes nothing", async () => {
    const { handler } = testConsumer({ one: async () => ({ kind: "retry" }) });
    handler.use({
      after(request) {
        request.response = undefined;
      },
    });

    expect(await handler(sqsEvent(good("1")), context())).toEqual(reported("1"));
  });

  test("C10: that swallows errors does not turn a failed invocation into a success", async () => {
    const { handler } = done();
    handler.use({ onError: () => ({ batchItemFailures: [] }) });

    await expect(handler({ Records: "garbage" }, context())).rejects.toThrow();
  });
});

describe("the trace of a record", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  test.each([
    ["as in its event", traceparent, traceparent],
    ["except where it is invalid", "Ada, ada@example.com", undefined],
  ])("is in its audit line, %s", async (_, given, expected) => {
    const { handler, out } = testConsumer({ one: async () => DONE });
    const events = [{ ...created(order("1")), traceparent: given }, created(order("2"))];

    await handler(sqsEvent(...events.map((event) => sqsRecord(event))), context());

    const lines = out.lines().filter(({ audit }) => audit === "attempt");
    expect(lines.map(({ eventId, traceparent }) => [eventId, traceparent])).toEqual([
      [events[0]?.id, expected],
      [events[1]?.id, undefined],
    ]);
  });
});

describe("a stream record too old to wait", () => {
  test.each([
    [600_000, "retry"],
    [600_001, "park"],
  ])("at %i ms has the outcome %s", async (age, kind) => {
    const { handler, clock, out, failures } = testConsumer(
      { one: async () => ({ kind: "retry", error: new Error("down") }) },
      { settings: { giveUpAfterSeconds: 600 } },
    );

    await handler(sqsEvent(sqsRecord(created(order("1")), { sentAt: clock.now() - age })), context());

    expect(out.lines()).toMatchObject([{ outcome: kind }]);
    expect(failures.notes.map(({ reason }) => reason)).toEqual(kind === "park" ? ["RETRIES_EXHAUSTED"] : []);
  });
});

test("C11: a thousand batches in one process do not affect each other", async () => {
  const { handler, out } = testConsumer({
    one: async (event) => (event.data.orderVersion === 1 ? DONE : { kind: "retry" }),
  });

  for (let i = 0; i < 1_000; i++) {
    const isGood = i % 3 !== 0;
    const record = isGood ? good(`${i}`) : { ...good(`${i}`), body: "{" };
    expect(await handler(sqsEvent(record), context())).toEqual(reported());
  }

  expect(out.total(METRICS.received)).toBe(1_000);
  expect(out.total(METRICS.consumed)).toBe(666);
  expect(out.total(METRICS.parked)).toBe(334);
});
