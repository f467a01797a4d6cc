import { expect, test } from "vitest";
import { describeError, stackOf } from "../../../functions/middleware/error-text.ts";
import { DONE, park, retry, Unprocessable } from "../../../functions/middleware/outcome.ts";
import { testConsumer } from "../../fakes/test-consumer.ts";
import { created, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

const record = (name: string, attempt = 1) => ({
  ...sqsRecord(created(order(name)), { messageId: name }),
  attempt,
});
const invocation = { ...context(), awsRequestId: "11111111-2222-3333-4444-555555555555" };
const attemptsIn = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ audit }) => audit === "attempt");

test("the audit line of an attempt has the id of its invocation and the time that the record took", async () => {
  const { handler, out, clock } = testConsumer({
    async one() {
      await clock.sleep(250);
      return DONE;
    },
  });

  await handler(sqsEvent(record("a")), invocation);

  expect(attemptsIn(out.lines())).toMatchObject([{ requestId: invocation.awsRequestId, ms: 250 }]);
});

test("an attempt on the last receive has no time of a retry", async () => {
  const { handler, out } = testConsumer({ one: async () => retry(new Error("down")) });

  await handler(
    sqsEvent(
      sqsRecord(created(order("a")), { receiveCount: 1 }),
      sqsRecord(created(order("b")), { receiveCount: 5 }),
    ),
    invocation,
  );

  const [first, last] = attemptsIn(out.lines());
  expect([typeof first?.["retryInSeconds"], last]).toEqual([
    "number",
    expect.not.objectContaining({ retryInSeconds: expect.anything() }),
  ]);
});

test("a failed attempt has the stack of its error, once for records with the same error", async () => {
  const errors = [new Error("one"), new Error("one"), new TypeError("two")];
  const { handler, out } = testConsumer({
    many: async () =>
      errors.map((error, index) => (index === 2 ? park("STATE_CONFLICT", error) : retry(error))),
  });

  await handler(sqsEvent(record("a"), record("b"), record("c")), invocation);

  const stacks = attemptsIn(out.lines()).map(({ stack }) => stack);
  expect(stacks[0]).toEqual(expect.arrayContaining([expect.stringContaining("audit-line.test.ts:")]));
  expect(stacks[1]).toBeUndefined();
});

test("a malformed record has no stack: the engine made its error", async () => {
  const { handler, out } = testConsumer({ one: async () => DONE });

  await handler(sqsEvent({ ...record("a"), body: "{" }), invocation);

  expect(attemptsIn(out.lines())).toMatchObject([{ outcome: "park", why: "MALFORMED_JSON" }]);
  expect(out.text()).not.toContain("stack");
});

test("a batch with many different errors has few stacks", async () => {
  let at = 0;
  const { handler, out } = testConsumer({
    one: async () => {
      throw new Error(`number ${at++}`);
    },
  });

  await handler(sqsEvent(...Array.from({ length: 10 }, (_, index) => record(String(index)))), invocation);

  expect(attemptsIn(out.lines()).filter(({ stack }) => stack !== undefined)).toHaveLength(3);
});

const withStack = (error: Error, ...frames: string[]) =>
  Object.assign(error, {
    stack: [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n"),
  });

test.each([
  ["charge (file:///home/ada/shop/asset/index.mjs:12:3)", "at charge (index.mjs:12:3)"],
  ["/home/ada lovelace/index.mjs:12:3", "at index.mjs:12:3"],
  [
    "async run (/home/ada/shop/functions/orders/domain/order.ts:9:1)",
    "at async run (functions/orders/domain/order.ts:9:1)",
  ],
  [
    "send (/var/task/node_modules/@aws-sdk/core/index.js:1:2)",
    "at send (node_modules/@aws-sdk/core/index.js:1:2)",
  ],
  ["C:\\\\Users\\\\ada\\\\index.mjs:12:3", "at index.mjs:12:3"],
])("the frame %s has no folder of the machine", (frame, shown) => {
  expect(stackOf(withStack(new Error("x"), frame))).toEqual([shown]);
});

test("a stack has neither the message nor an address nor frames of Node.js, and the causes follow", () => {
  const cause = withStack(new TypeError("no ada@example.com"), "inner (/a/index.mjs:2:1)");
  const error = withStack(
    new Error("order of ada@example.com\n    at ada@example.com (/home/ada/x.mjs:1:1)", { cause }),
    "outer (/a/index.mjs:1:1)",
    "process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
  );

  expect(stackOf(error)).toEqual([
    "at outer (index.mjs:1:1)",
    "caused by TypeError: no [e-mail]",
    "at inner (index.mjs:2:1)",
  ]);
});

test("a stack of a million empty lines is read at once", () => {
  const error = Object.assign(new Error("y"), {
    stack: `Error: x${"\n".repeat(1_000_000)}    at a (/a/index.mjs:1:1)`,
  });

  expect(stackOf(error)).toEqual(["at a (index.mjs:1:1)"]);
});

test("a cause that is its own cause, an error without a stack and any other value end the stack", () => {
  const circular = withStack(new Error("x"), "a (/a/index.mjs:1:1)");
  circular.cause = circular;

  expect(stackOf(circular).filter((line) => line.startsWith("at"))).toHaveLength(3);
  expect(stackOf(Object.assign(new Error("x"), { stack: undefined }))).toEqual([]);
  for (const value of [undefined, null, "text", { stack: "at x" }]) expect(stackOf(value)).toEqual([]);
  expect(
    stackOf(
      new Proxy(new Error("x"), {
        get: () => {
          throw new Error("no");
        },
      }),
    ),
  ).toEqual([]);
});

test("the text of an Unprocessable keeps its reason out of the stack", () => {
  const error = new Unprocessable("STATE_CONFLICT", "held by ada@example.com");

  expect(describeError(error).errorMessage).toBe("held by [e-mail]");
  expect(stackOf(error).join()).not.toContain("ada@");
});
