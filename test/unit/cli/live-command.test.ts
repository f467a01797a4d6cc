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
  const path = `${LIVE}?consumer=order-created&type=order.created&outcome=done&orderId=A`;
  api.answers[`GET ${path}`] = [{ entries: [entry("1")], cursor: "c", isCut: false }];

  const { text } = await api.run(
    ...["live", "--once", "--json", "--consumer", "order-created", "--type", "order.created"],
    ...["--outcome", "done", "--order", "A"],
  );

  expect(JSON.parse(text)).toEqual(entry("1"));
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

  expect(liveLine(long, 60)).toMatch(/^.{59}…\n$/);
  expect(liveLine(long)).toContain("x".repeat(500));
});
