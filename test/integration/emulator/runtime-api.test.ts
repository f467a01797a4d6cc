import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, openRuntimeApi, type RuntimeApi } from "../../../lib/emulator/runtime/runtime-api.ts";

// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
const invocation = {
  requestId: "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
  functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:order-created",
  deadlineMs: 1_800_000_000_000,
  traceId: "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
  body: '{"hello":"world"}',
};
let api: RuntimeApi;
let ready: number;
let answers: (readonly [string, Answer])[];
let initErrors: unknown[];
const url = (path: string) => `http://${api.address}/2018-06-01/runtime/${path}`;
const post = (path: string, body: string) => fetch(url(path), { method: "POST", body });

beforeEach(async () => {
  ready = 0;
  answers = [];
  initErrors = [];
  api = await openRuntimeApi({
    ready: () => {
      ready += 1;
    },
    answered: (requestId, answer) => answers.push([requestId, answer]),
    initFailed: (error) => initErrors.push(error),
  });
});
afterEach(() => api.close());

const take = async () => {
  const next = fetch(url("invocation/next"));
  await expect.poll(() => ready).toBeGreaterThan(0);
  api.deliver(invocation);
  return next;
};

test("the next invocation has its event and the values of the context", async () => {
  const response = await take();

  expect(response.status).toBe(200);
  expect(await response.text()).toBe(invocation.body);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "lambda-runtime-aws-request-id": invocation.requestId,
    "lambda-runtime-deadline-ms": "1800000000000",
    "lambda-runtime-invoked-function-arn": invocation.functionArn,
    "lambda-runtime-trace-id": invocation.traceId,
  });
});

describe("a response", () => {
  test("is accepted and forwarded", async () => {
    await take();

    const reply = await post(`invocation/${invocation.requestId}/response`, '{"ok":true}');

    expect(reply.status).toBe(202);
    expect(answers).toEqual([[invocation.requestId, { kind: "response", payload: { ok: true } }]]);
  });

  test("that is an error is forwarded as one", async () => {
    await take();

    const reply = await post(
      `invocation/${invocation.requestId}/error`,
      '{"errorType":"InvalidEventDataException","errorMessage":"Error parsing event data.","trace":[]}',
    );

    expect(reply.status).toBe(202);
    expect(answers[0]?.[1]).toEqual({
      kind: "error",
      error: { errorType: "InvalidEventDataException", errorMessage: "Error parsing event data." },
    });
  });

  test.each(["not json", '"text"', "null", ""])(
    "that is an unreadable error (%s) is an error",
    async (body) => {
      await take();

      await post(`invocation/${invocation.requestId}/error`, body);

      expect(answers[0]?.[1]).toMatchObject({ kind: "error", error: { errorType: "Unknown" } });
    },
  );

  test("that is not JSON is an error", async () => {
    await take();

    await post(`invocation/${invocation.requestId}/response`, "{");

    expect(answers[0]?.[1]).toMatchObject({ kind: "error", error: { errorType: "Runtime.InvalidResponse" } });
  });

  test("to another invocation, or a second one, is refused and changes nothing", async () => {
    await take();

    const other = await post("invocation/other/response", "1");
    await post(`invocation/${invocation.requestId}/response`, "2");
    const second = await post(`invocation/${invocation.requestId}/response`, "3");

    expect([other.status, second.status]).toEqual([400, 400]);
    expect(answers.map(([, answer]) => answer)).toEqual([{ kind: "response", payload: 2 }]);
  });
});

test("an init error is accepted and forwarded", async () => {
  const reply = await post("init/error", '{"errorType":"Runtime.HandlerNotFound","errorMessage":"gone"}');

  expect(reply.status).toBe(202);
  expect(initErrors).toEqual([{ errorType: "Runtime.HandlerNotFound", errorMessage: "gone" }]);
});

test("an unknown path is 404", async () => {
  expect((await post("invocation/next/nothing", "")).status).toBe(404);
  expect((await fetch(`http://${api.address}/`, { method: "POST" })).status).toBe(404);
});
