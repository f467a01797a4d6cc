import middy from "@middy/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { audit } from "../../../functions/middleware/audit.ts";
import type { InvocationContext } from "../../../functions/middleware/batch.ts";
import {
  batch,
  type ConsumerOptions,
  consumer,
  deadline,
  runRecords,
} from "../../../functions/middleware/consumer.ts";
import { http } from "../../../functions/middleware/http.ts";
import { emfLine, metrics, NAMESPACE } from "../../../functions/middleware/metrics.ts";
import { DONE, park, retry } from "../../../functions/middleware/outcome.ts";
import { Problem } from "../../../functions/middleware/problem.ts";
import type { ProblemCode } from "../../../functions/middleware/register.ts";
import { schedule } from "../../../functions/middleware/schedule.ts";
import { UnexpectedEvent } from "../../../functions/middleware/transport.ts";
import { type SqsRecord, sqs } from "../../../functions/middleware/transports/sqs.ts";
import { failureNotes } from "../../fakes/failure-notes.ts";
import { sink } from "../../fakes/sink.ts";
import { reported } from "../../fakes/test-consumer.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

type Options = ConsumerOptions<SqsRecord, string>;

/** The least that a consumer needs. */
const least: Pick<Options, "name" | "transport" | "decode"> = {
  name: "payments",
  transport: sqs({ maxReceiveCount: 5 }),
  decode: ({ body }) => ({ kind: "message", message: body, type: "text" }),
};
const event = (...ids: string[]) => sqsEvent(...ids.map((messageId) => sqsRecord("{}", { messageId })));

let out = sink();
beforeEach(() => {
  out = sink();
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out.write(String(text));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

describe("without options", () => {
  test("a consumer writes metrics in the default namespace, and audit lines, to standard output", async () => {
    const handler = consumer({ ...least, handle: { one: () => DONE } });

    expect(await handler(event("1"), context())).toEqual(reported());
    expect(out.lines()).toMatchObject([{ audit: "attempt", consumer: "payments", outcome: "done" }]);
    expect(out.metrics()).toMatchObject([
      { _aws: { CloudWatchMetrics: [{ Namespace: NAMESPACE }] }, service: NAMESPACE, consumer: "payments" },
    ]);
  });

  test("a message that should be parked is negative-acknowledged, and the audit line has the reason", async () => {
    const handle = { one: (text: string) => park("STATE_CONFLICT", new Error(`no ${text}`)) };
    const handler = consumer({ ...least, handle });

    expect(await handler(event("1", "2"), context())).toEqual(reported("1", "2"));
    expect(out.lines().map(({ outcome, why }) => `${outcome}: ${why}`)).toEqual(
      Array(2).fill("retry: Unprocessable: STATE_CONFLICT, not parked: there is no store. Error: no {}"),
    );
  });

  test("a message whose last attempt fails is negative-acknowledged, so that the queue moves it", async () => {
    const handler = consumer({ ...least, handle: { one: () => retry(new Error("down")) } });
    const last = sqsRecord("{}", { messageId: "last", receiveCount: 5 });

    expect(await handler(sqsEvent(last), context())).toEqual(reported("last"));
  });

  test("an API writes an unexpected error to standard output, and its problems have no type", async () => {
    const routes = {
      "GET /payments": () => Promise.reject(new Error("down")),
    };
    const proxy = { httpMethod: "GET", resource: "/payments", requestContext: { requestId: "r" } };

    const answer = await http(routes)(proxy, {});

    expect(JSON.parse(answer.body)).toEqual({
      title: "Internal server error",
      status: 500,
      code: "INTERNAL",
      requestId: "r",
    });
    expect(out.lines()).toMatchObject([{ level: "error", errorMessage: "down" }]);
  });

  test("a schedule writes no metrics", async () => {
    const run = schedule({ steps: [{ only: async () => ({ done: 1 }) }] });

    expect(await run({}, context())).toEqual({ only: { done: 1 } });
    expect(out.text()).toBe("");
  });
});

describe("problems of a service", () => {
  const problems = { PAYMENT_NOT_FOUND: { status: 404, title: "There is no such payment" } };
  const answer = async (error: unknown) => {
    const routes = { "GET /payments": () => Promise.reject(error) };
    const proxy = { httpMethod: "GET", resource: "/payments", requestContext: { requestId: "r" } };
    const problemType = (code: string) => `https://example.com/${code}`;
    const answered = await http(routes, { problems, problemType })(proxy, {});
    return JSON.parse(answered.body) as Record<string, unknown>;
  };
  const problemOf = (code: string) => new Problem(code as ProblemCode);

  test("have their own status, title and type", async () => {
    expect(await answer(problemOf("PAYMENT_NOT_FOUND"))).toEqual({
      type: "https://example.com/PAYMENT_NOT_FOUND",
      title: "There is no such payment",
      status: 404,
      code: "PAYMENT_NOT_FOUND",
      requestId: "r",
    });
  });

  test("of a code that the service does not list are an unexpected error", async () => {
    expect(await answer(problemOf("constructor"))).toMatchObject({ status: 500, code: "INTERNAL" });
    expect(out.lines()).toMatchObject([{ level: "error", errorName: "Problem" }]);
  });
});

describe("a decoder that throws", () => {
  const decode: Options["decode"] = ({ body, messageId }) => {
    if (messageId === "bad") throw new TypeError("no such field");
    return { kind: "message", message: body, type: "text" };
  };

  test.each(["parse", "decode"])("in %s negative-acknowledges its record only", async (step) => {
    const halves =
      step === "decode"
        ? { decode }
        : { parse: (raw: SqsRecord) => decode(raw, undefined), decode: least.decode };
    const failureLog = failureNotes();
    const handler = consumer({ ...least, ...halves, failureLog, handle: { one: () => DONE } });

    expect(await handler(event("1", "bad", "2"), context())).toEqual(reported("bad"));
    expect(failureLog.notes).toEqual([]);
    expect(out.lines()).toMatchObject([
      { outcome: "done", type: "text" },
      { outcome: "retry", type: "unknown", why: "TypeError: no such field" },
      { outcome: "done", type: "text" },
    ]);
  });

  test("an UnexpectedEvent fails the invocation", async () => {
    const foreign: Options["decode"] = () => {
      throw new UnexpectedEvent("of another queue");
    };
    const handler = consumer({ ...least, decode: foreign, handle: { one: () => DONE } });

    await expect(handler(event("1"), context())).rejects.toThrow("of another queue");
  });
});

test.each(['a"b', "a\\b", "a\nb", "ä", "\u2028"])(
  "an event id %o leaves the audit line whole",
  async (eventId) => {
    const decode: Options["decode"] = (raw) => ({ ...least.decode(raw, undefined), eventId }) as never;
    const handler = consumer({ ...least, name: eventId, decode, handle: { one: () => DONE } });

    await handler(event("1"), context());

    expect(out.lines()).toMatchObject([{ eventId, consumer: eventId, outcome: "done" }]);
  },
);

describe("in a middy handler of one's own", () => {
  const own = (options: Options) =>
    middy<unknown, unknown, Error, InvocationContext>({ timeoutEarlyInMillis: 0 }).use(batch(options));
  const call = (handler: unknown, ...ids: string[]) =>
    (handler as (event: unknown, context: unknown) => Promise<unknown>)(event(...ids), context());

  test("batch() and runRecords alone run the records and answer the response", async () => {
    const handle = { one: (text: string) => (text === "{}" ? retry("down") : DONE) };

    expect(await call(own({ ...least, handle }).handler(runRecords), "1")).toEqual(reported("1"));
    expect(out.text()).toBe("");
  });

  test("each middleware adds its part, and the lines are written once", async () => {
    const handle = { one: () => DONE };
    const namespace = "shop";
    const all = own({ ...least, handle })
      .use(deadline({ reserveMs: 1_000 }))
      .use(metrics({ namespace }))
      .use(audit())
      .handler(runRecords);

    await call(all, "1", "2");

    expect(out.lines()).toHaveLength(2);
    expect(out.metrics()).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Namespace: "shop" }] } }]);
  });

  test("a middleware that throws after the batch fails the invocation, so that nothing is acknowledged", async () => {
    const broken = own({ ...least, handle: { one: () => DONE } })
      .use({ after: () => Promise.reject(new Error("sink")) })
      .handler(runRecords);

    await expect(call(broken, "1")).rejects.toThrow("sink");
  });

  test("without batch() the handler fails with what is missing", async () => {
    const without = middy<unknown, unknown, Error, InvocationContext>().use(audit()).handler(runRecords);

    await expect(call(without, "1")).rejects.toThrow("use batch() before the other middlewares");
  });
});

test("a metrics line is in the namespace that it names", () => {
  const line = { namespace: "shop", at: 1, dimensions: {}, dimensionSets: [[]], counts: { a: 1 } };

  expect(JSON.parse(emfLine(line))).toMatchObject({ _aws: { CloudWatchMetrics: [{ Namespace: "shop" }] } });
});
