import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

const ROUTE = "POST /mails/unsuppress";
const FOUND = { because: "bounced", since: "2026-01-31T12:00:00.000Z", eventId: "A:2:order.confirmed" };

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("mails unsuppress shows the reason of a suppression, and changes nothing without --yes", async () => {
  api.answers[ROUTE] = [{ outcome: "would lift", ...FOUND }];

  const { code, text } = await api.run("mails", "unsuppress", "ada@example.com");

  expect(api.asked).toMatchObject([{ body: { email: "ada@example.com", dryRun: true } }]);
  expect(text).toBe(
    "would lift: bounced at 2026-01-31T12:00:00.000Z (mail about A:2:order.confirmed)\n" +
      "nothing was changed; to apply:  --yes --why <reason>\n",
  );
  expect(code).toBe(0);
});

test("mails unsuppress --yes lifts it", async () => {
  api.answers[ROUTE] = [{ outcome: "lifted", because: "complained", since: FOUND.since }];

  const { text } = await api.run("mails", "unsuppress", "ada@example.com", "--yes", "--why", "she asked");

  expect(api.asked).toMatchObject([{ body: { dryRun: false, why: "she asked" } }]);
  expect(text).toBe(`lifted: complained at ${FOUND.since}\n`);
});

test("mails unsuppress --order names the order in place of the address", async () => {
  api.answers[ROUTE] = [{ outcome: "would lift", ...FOUND }];

  await api.run("mails", "unsuppress", "--order", "3g302me2br9gpqy2em4w4s4ync");

  expect(api.asked).toMatchObject([{ body: { orderId: "3G302ME2BR9GPQY2EM4W4S4YNC", dryRun: true } }]);
});

test("mails unsuppress of an address that gets mails says so", async () => {
  api.answers[ROUTE] = [{ outcome: "not suppressed" }];

  expect((await api.run("mails", "unsuppress", "ada@example.com")).text).toBe(
    "not suppressed\nnothing was changed\n",
  );
});

test.each([
  [[]],
  [["a@b.example", "c@d.example"]],
  [["a@b.example", "--yes"]],
  [["a@b.example", "--order", "A"]],
])("mails unsuppress %j is invalid usage", async (args) => {
  const { code } = await api.run("mails", "unsuppress", ...args);

  expect(code).toBe(3);
  expect(api.asked).toEqual([]);
});
