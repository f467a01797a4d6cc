import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AsyncSpec } from "../../../lib/emulator/assembly/model.ts";
import { createAsyncInvocations } from "../../../lib/emulator/event-sources/async-invocations.ts";
import type { SendOptions } from "../../../lib/emulator/event-sources/send-to-target.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";

const ARN = "arn:aws:lambda:eu-central-1:000000000000:function:";
const QUEUE = "arn:aws:sqs:eu-central-1:000000000000:failed";
const OK: InvokeResult = { kind: "ok", payload: { done: true } };
const FAILED: InvokeResult = { kind: "error", errorType: "Error", errorMessage: "no" };

interface Sent {
  readonly arn: string;
  readonly body: unknown;
  readonly options: SendOptions | undefined;
}

let invoked: [string, unknown][];
let sent: Sent[];
let logged: string[];
beforeEach(() => {
  vi.useFakeTimers();
  invoked = [];
  sent = [];
  logged = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function open(results: InvokeResult[], configs: Readonly<Record<string, AsyncSpec>> = {}) {
  return createAsyncInvocations({
    configs: new Map(Object.entries(configs)),
    arnOf: (name) => `${ARN}${name}`,
    functionOf: (arn) => (arn.startsWith(ARN) ? arn.slice(ARN.length) : undefined),
    host: {
      invoke: async (name, event) => {
        invoked.push([name, event]);
        return results.shift() ?? OK;
      },
    },
    targets: {
      send: async (arn, body, options) => void sent.push({ arn, body: JSON.parse(body), options }),
      close: () => {},
    },
    clock: { now: () => 0 },
    log: (name, text) => logged.push(`${name}: ${text}`),
  });
}

test("an event of a function that succeeds is delivered once", async () => {
  await expect(open([OK]).invoke("f", { n: 1 })).resolves.toBe(true);

  expect(invoked).toEqual([["f", { n: 1 }]]);
});

test.each([
  ["twice by default", undefined, 3],
  ["as often as the function sets", 0, 1],
])("a failed event is retried %s, then its dead-letter queue has it", async (_name, retries, attempts) => {
  const deadLetter = { retries: retries ?? 2, deadLetterArn: QUEUE };
  const done = open([FAILED, FAILED, FAILED], { f: deadLetter }).invoke("f", { n: 1 });
  await vi.advanceTimersByTimeAsync(10_000);

  await expect(done).resolves.toBe(true);
  expect(invoked).toHaveLength(attempts);
  expect(sent).toEqual([
    {
      arn: QUEUE,
      body: { n: 1 },
      options: {
        attributes: { RequestID: expect.any(String), ErrorCode: "200", ErrorMessage: "Error: no" },
      },
    },
  ]);
});

test.each<[string, InvokeResult, string]>([
  ["throws", FAILED, "Error: no"],
  ["times out", { kind: "timeout" }, "the function timed out"],
])("each attempt of a function that %s is logged with its reason", async (_name, result, reason) => {
  const done = open([result, result], { f: { retries: 1 } }).invoke("f", {});
  await vi.advanceTimersByTimeAsync(10_000);
  await done;

  expect(logged).toEqual([
    `f: an event failed and is retried: ${reason}`,
    `f: an event was given up after 2 attempts: ${reason}`,
  ]);
});

test("throttling uses up no retry", async () => {
  const throttled: InvokeResult = { kind: "throttled" };
  const done = open([throttled, throttled, throttled, throttled, OK]).invoke("f", {});
  await vi.advanceTimersByTimeAsync(60_000);

  await expect(done).resolves.toBe(true);
  expect(invoked).toHaveLength(5);
});

test.each([
  ["fails", FAILED, "onFailure", "RetriesExhausted", { errorType: "Error", errorMessage: "no" }],
  ["succeeds", OK, "onSuccess", "Success", { done: true }],
])(
  "an event whose function %s is recorded at its destination",
  async (_name, result, key, condition, payload) => {
    await open([result], { f: { retries: 0, [key]: QUEUE } }).invoke("f", { n: 1 });

    expect(sent.map(({ arn, body }) => [arn, body])).toEqual([
      [
        QUEUE,
        expect.objectContaining({
          requestPayload: { n: 1 },
          requestContext: expect.objectContaining({ condition, functionArn: `${ARN}f:$LATEST` }),
          responsePayload: payload,
        }),
      ],
    ]);
  },
);

test("a function may be the destination of another", async () => {
  await open([OK, OK], { f: { retries: 0, onSuccess: `${ARN}g` } }).invoke("f", { n: 1 });

  expect(invoked).toEqual([
    ["f", { n: 1 }],
    ["g", expect.objectContaining({ requestPayload: { n: 1 } })],
  ]);
});

test("an event that waits for its retry is not finished when they stop", async () => {
  const invocations = open([FAILED]);
  const done = invocations.invoke("f", {});
  await vi.advanceTimersByTimeAsync(10);

  await invocations.stop();

  await expect(done).resolves.toBe(false);
  await expect(invocations.invoke("f", {})).resolves.toBe(false);
  expect(invoked).toHaveLength(1);
});
