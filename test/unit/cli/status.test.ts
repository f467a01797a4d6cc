import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
  api.answers["GET /_emulator/observe/metrics?minutes=5"] = [{ stepSeconds: 60, at: [], series: [] }];
  api.answers["GET /_emulator/observe/alarms"] = [[]];
  api.answers["GET /failed-messages/groups"] = [{ groups: [], isComplete: true }];
  api.answers["GET /consumers"] = [{ consumers: [] }];
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("status reports that nothing needs an operator, and ends with 0", async () => {
  expect(await api.run("status")).toMatchObject({ code: 0, text: "nothing needs an operator\n" });
});

test("status lists crashed invocations with the command that shows them, and ends with 1", async () => {
  const series = [{ name: "errors", consumer: "order-created", values: [12] }];
  api.answers["GET /_emulator/observe/metrics?minutes=5"] = [{ stepSeconds: 60, at: [0], series }];

  const { code, text } = await api.run("status");

  expect(code).toBe(1);
  expect(text).toBe(
    "12 invocations of order-created crashed in the last 5 minutes\n" +
      "  order-events live --consumer order-created --outcome crashed --once\n",
  );
  expect(JSON.parse((await api.run("status", "--json")).text)).toMatchObject([
    { kind: "crashes", of: "order-created" },
  ]);
});
