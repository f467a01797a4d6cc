import { expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import { audit } from "../../../functions/middleware/audit.ts";
import { type BatchMiddleware, batchOf } from "../../../functions/middleware/batch.ts";
import { deadline } from "../../../functions/middleware/consumer.ts";
import { DONE, retry } from "../../../functions/middleware/outcome.ts";
import { reported, testConsumer } from "../../fakes/test-consumer.ts";
import { created, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

const done = { one: async () => DONE };
const event = () => sqsEvent(sqsRecord(created(order("an order"))));

test("the preset is replaced as a whole: without metrics() there are audit lines and no metrics", async () => {
  const { handler, out } = testConsumer(done, { middlewares: [deadline({ reserveMs: 1_000 }), audit()] });

  await handler(event(), context(10_000));

  expect(out.lines().map((line) => Object.keys(line)[0])).toEqual(["audit"]);
});

test("without deadline() a batch has all of the function's time, and is finished", async () => {
  const { handler } = testConsumer(done, { middlewares: [] });

  expect(await handler(event(), context(1))).toEqual(reported());
});

test("a middleware of the user replaces one of the preset and reads the batch", async () => {
  const seen: unknown[] = [];
  const outcomes: BatchMiddleware = {
    after: (request) => void seen.push(...batchOf(request).outcomes),
  };
  const { handler, out } = testConsumer(done, { middlewares: [deadline({ reserveMs: 0 }), outcomes] });

  await handler(event(), context(10_000));

  expect(seen).toEqual([DONE]);
  expect(out.text()).toBe("");
});

test.each<[string, BatchMiddleware]>([
  ["throws", { after: () => Promise.reject(new Error("sink")) }],
  ["answers", { after: () => ({ batchItemFailures: [] }) }],
  [
    "clears the response",
    {
      after: (request) => {
        request.response = undefined;
      },
    },
  ],
])("fails closed: a preset middleware that %s after the batch changes no response", async (_, broken) => {
  const failing = { one: async () => retry(new Error("down")) };
  const { handler } = testConsumer(failing, { middlewares: [deadline({ reserveMs: 0 }), broken] });

  const response = await handler(
    sqsEvent(sqsRecord(created(order("an order")), { messageId: "m-1" })),
    context(10_000),
  );

  expect(response).toEqual(reported("m-1"));
});

test("a middleware of use() sees the event before the batch, and metrics are written before its after hook", async () => {
  const order_: string[] = [];
  const { handler, out } = testConsumer(done);
  handler.use({
    before: ({ event: raw }) =>
      void order_.push(Array.isArray((raw as { Records: unknown }).Records) ? "event" : "no"),
    after: () => void order_.push(`received ${out.total(METRICS.received)}`),
  });

  await handler(event(), context(10_000));

  expect(order_).toEqual(["event", "received 1"]);
});
