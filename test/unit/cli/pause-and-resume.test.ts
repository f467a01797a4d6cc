import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ConsumerView } from "../../../functions/contract/operator-answers.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const running: ConsumerView = {
  name: "notify-customer",
  on: [],
  state: "RUNNING",
  isSwitching: false,
  mappings: [],
  keptSeconds: 345_600,
  whilePaused: ["Messages wait for 4 days."],
};
const paused: ConsumerView = {
  ...running,
  name: "order-created",
  state: "PAUSED",
  pause: { by: "olga", at: "2026-01-01T03:17:20.000Z", why: "stock is being counted" },
};

test("consumers lists states, and of a paused one who paused it, when, why, and what it means", async () => {
  api.answers["GET /consumers"] = [{ consumers: [paused, running] }];

  const { code, text } = await api.run("consumers");

  expect(code).toBe(0);
  expect(text).toMatch(
    /^order-created +PAUSED +2026-01-01T03:17:20.000Z +olga +stock is being counted +4d$/m,
  );
  expect(text).toMatch(/^notify-customer +RUNNING +- +- +- +4d$/m);
  expect(text).toContain("order-created: Messages wait for 4 days.");
  expect(text).not.toContain("notify-customer: ");
  expect(JSON.parse((await api.run("consumers", "--json")).text)).toEqual([paused, running]);
});

test.each([
  ["pause", ["--why", "stock is being counted"]],
  ["resume", []],
] as const)("consumers %s accepts --yes, which other acts need", async (act, flags) => {
  api.answers[`POST /consumers/order-created/${act}`] = [{ ...paused, isChanged: true }];

  expect(await api.run("consumers", act, "order-created", ...flags, "--yes")).toMatchObject({ code: 0 });
});

test("consumers pause sends the reason, and prints how long messages are kept", async () => {
  api.answers["POST /consumers/order-created/pause"] = [{ ...paused, isSwitching: true, isChanged: true }];

  const { code, text } = await api.run(
    "consumers",
    "pause",
    "order-created",
    "--why",
    "stock is being counted",
  );

  expect(code).toBe(0);
  expect(api.asked.at(-1)?.body).toEqual({ why: "stock is being counted" });
  expect(text).toContain("order-created  PAUSED\n");
  expect(text).toContain("is being switched");
  expect(text).toContain("Messages wait for 4 days.");
});

test("consumers pause of a paused consumer prints who had paused it", async () => {
  api.answers["POST /consumers/order-created/pause"] = [{ ...paused, isChanged: false }];

  expect((await api.run("consumers", "pause", "order-created", "--why", "again")).text).toContain(
    "PAUSED since before: 2026-01-01T03:17:20.000Z by olga, stock is being counted",
  );
});

test("consumers pause needs a reason", async () => {
  const { code, errors } = await api.run("consumers", "pause", "order-created");

  expect(code).toBe(3);
  expect(errors).toContain("--why is required");
  expect(api.asked).toEqual([]);
});

test("consumers resume works without a reason, and says where nothing was paused", async () => {
  const answer = { ...running, isChanged: true };
  api.answers["POST /consumers/notify-customer/resume"] = [answer, { ...answer, isChanged: false }];

  expect((await api.run("consumers", "resume", "notify-customer")).text).toBe("notify-customer  RUNNING\n");
  expect(api.asked.at(-1)?.body).toEqual({});
  expect((await api.run("consumers", "resume", "notify-customer")).text).toContain("it was not paused");
});
