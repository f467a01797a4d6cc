import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("queues lists what waits, in flight and dead, of each consumer", async () => {
  const queue = { consumer: "order-created", waiting: 3, inFlight: 1, deadLetters: 2, undelivered: 0 };
  api.answers["GET /_emulator/observe/queues"] = [[{ ...queue, oldestSeconds: 40 }]];

  expect((await api.run("queues")).text).toMatch(/^order-created +3 +1 +40 s +2 +0$/m);
  expect(JSON.parse((await api.run("queues", "--json")).text)).toEqual([{ ...queue, oldestSeconds: 40 }]);
});

const alarm = (name: string, state: "OK" | "ALARM") => ({
  name,
  state,
  since: 0,
  description: `about ${name}`,
  runbook: "",
});

test("alarms lists the active ones and ends with 1; --all lists the others too", async () => {
  api.answers["GET /_emulator/observe/alarms"] = [[alarm("a", "ALARM"), alarm("b", "OK")]];

  const { code, text } = await api.run("alarms");

  expect(code).toBe(1);
  expect(text).toMatch(/^a +ALARM +1970-01-01T00:00:00.000Z +about a$/m);
  expect(text).not.toContain("about b");
  expect((await api.run("alarms", "--all")).text).toContain("about b");
});

test("without active alarms it ends with 0", async () => {
  api.answers["GET /_emulator/observe/alarms"] = [[alarm("b", "OK")]];

  expect(await api.run("alarms")).toMatchObject({ code: 0, text: "no active alarms\n" });
});
