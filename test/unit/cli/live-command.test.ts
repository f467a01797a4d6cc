import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { liveLine } from "../../../lib/operator/cli/live-text.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const entry = (id: string, more: object = {}) => ({
  id,
  at: 1_000,
  source: "order-created",
  event: "A:1:order.created",
  type: "order.created",
  orderId: "A",
  outcome: "done",
  ...more,
});
const ORDER_ID = "01J9ZQ3V5W8X2Y4Z6A7B8C9D0E";
const LIVE = "/_emulator/observe/live";

test("live --once prints the oldest first, with attempt, duration, retry and error", async () => {
  const failed = { outcome: "retry", attempt: 2, durationMs: 12, retryInSeconds: 4, detail: "Error: down" };
  api.answers[`GET ${LIVE}`] = [{ entries: [entry("2", failed), entry("1")], cursor: "c", isCut: false }];

  const { code, text } = await api.run("live", "--once");

  expect(code).toBe(0);
  expect(text.split("\n")).toEqual([
    "00:00:01.000Z  order-created    done       A:1:order.created",
    "00:00:01.000Z  order-created    retry      A:1:order.created  attempt 2  12 ms  retry in 4 s  Error: down",
    "",
  ]);
});

test("live sends its filters, and prints with --json a line for each entry", async () => {
  const path = `${LIVE}?consumer=order-created&type=order.created&outcome=done&orderId=${ORDER_ID}`;
  api.answers[`GET ${path}`] = [{ entries: [entry("1")], cursor: "c", isCut: false }];

  const { text } = await api.run(
    ...["live", "--once", "--json", "--consumer", "order-created", "--type", "order.created"],
    ...["--outcome", "done", "--order", ORDER_ID],
  );

  expect(JSON.parse(text)).toEqual(entry("1"));
});

test.each([
  [["--consumer", "zz"], "--consumer must be one of order-created, "],
  [["--order", "x"], "--order must be the id of an order, 26 digits and letters; received x"],
])("live refuses %j", async (flags, error) => {
  api.answers["GET /_emulator"] = [{ functions: ["order-created"] }];

  const { code, errors } = await api.run("live", "--once", ...flags);

  expect(code).toBe(3);
  expect(errors).toContain(error);
});

test("live reports an outcome that only an act of an operator may have", async () => {
  api.answers[`GET ${LIVE}?outcome=zz`] = [{ entries: [], cursor: "c", isCut: false }];

  const { code, errors } = await api.run("live", "--once", "--outcome", "zz");

  expect(code).toBe(0);
  expect(errors).toContain("zz is no outcome");
});

test("live follows from its cursor until Ctrl-C, and prints an entry once", async () => {
  api.answers[`GET ${LIVE}`] = [{ entries: [entry("1")], cursor: "c1", isCut: false }];
  api.answers[`GET ${LIVE}?after=c1`] = [
    { entries: [entry("2", { outcome: "mailed" }), entry("1")], cursor: "c2", isCut: true },
  ];
  api.answers[`GET ${LIVE}?after=c2`] = [{ entries: [], cursor: "c2", isCut: false }];

  const running = api.run("live");
  await expect.poll(() => api.asked.length).toBeGreaterThanOrEqual(3);
  api.interruption.abort();
  const { code, text, errors } = await running;

  expect(code).toBe(130);
  expect(text.match(/done|mailed/g)).toEqual(["done", "mailed"]);
  expect(errors).toContain("some entries were left out");
});

test("a line fits the terminal, and a file gets all of it", () => {
  const long = entry("1", { detail: "x".repeat(500) });

  expect(liveLine(long, 80)).toMatch(/^.{79}…\n$/);
  expect(liveLine(long)).toContain("x".repeat(500));
  const event = "01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:1:order.created";
  expect(liveLine({ ...long, event }, 60)).toMatch(new RegExp(`  ${event}…\n$`));
});

const log = (requestId: string) => ({
  requestId,
  source: "order-created",
  lines: [{ at: 1_000, text: "Error: down", isError: true, stack: ["at run (functions/x.ts:1:2)"] }],
  isCut: true,
});
const LOG_TEXT = [
  "order-created r-1",
  "00:00:01.000Z  Error: down",
  "                  at run (functions/x.ts:1:2)",
  "further lines were left out",
  "",
];

test("logs prints the lines of an invocation with their stacks", async () => {
  api.answers["GET /_emulator/observe/invocation?requestId=r-1"] = [log("r-1")];

  const { code, text } = await api.run("logs", "r-1");

  expect([code, text.split("\n")]).toEqual([0, LOG_TEXT]);
  expect(JSON.parse((await api.run("logs", "r-1", "--json")).text)).toEqual(log("r-1"));
});

test("logs of an unknown invocation ends with 1", async () => {
  api.answers["GET /_emulator/observe/invocation?requestId=r-1"] = [
    { requestId: "r-1", lines: [], isCut: false },
  ];

  expect(await api.run("logs", "r-1")).toMatchObject({ code: 1, text: expect.stringContaining("no lines") });
});

test("logs refuses another duration than it names", async () => {
  expect(await api.run("logs", "r-1", "--since", "soon")).toMatchObject({
    code: 3,
    errors: expect.stringContaining("--since"),
  });
});

test("orders logs prints each invocation of an order once", async () => {
  const of = (requestId: string | undefined) => ({
    at: 1,
    source: "order-created",
    outcome: "done",
    requestId,
  });
  api.answers["GET /_emulator/observe/timeline?orderId=A"] = [
    { orderId: "A", entries: [of("r-1"), of("r-1"), of(undefined), of("gone")] },
  ];
  api.answers["GET /_emulator/observe/invocation?requestId=r-1&source=order-created&at=1"] = [log("r-1")];
  api.answers["GET /_emulator/observe/invocation?requestId=gone&source=order-created&at=1"] = [
    { requestId: "gone", lines: [], isCut: false },
  ];

  const { code, text } = await api.run("orders", "logs", "A");

  expect([code, text.split("\n")]).toEqual([0, LOG_TEXT]);
});

const waiting = {
  id: "m-1",
  state: "delayed",
  sentAt: 1_000,
  visibleAt: 5_000,
  receives: 2,
  attributes: { type: "order.created" },
  body: "{}",
};

test("queues peek prints the messages of a queue, with --body their bodies", async () => {
  const peek = { queue: "order-events-local-order-created", messages: [waiting], total: 3 };
  api.answers["GET /_emulator/observe/peek?queue=order-created"] = [peek];

  const { text } = await api.run("queues", "peek", "order-created", "--body");

  expect(text).toContain("order-events-local-order-created: the oldest 1 of 3 messages\n");
  expect(text).toMatch(
    /^m-1 +delayed +1970-01-01T00:00:01.000Z +2 +1970-01-01T00:00:05.000Z +order.created\n {2}\{\}$/m,
  );
  expect((await api.run("queues", "peek", "order-created")).text).not.toContain("{}");
  expect(JSON.parse((await api.run("queues", "peek", "order-created", "--json")).text)).toEqual(peek);
});
