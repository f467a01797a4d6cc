import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { orderEventsApp } from "../../../lib/emulator/order-events/order-events-app.ts";
import { type Emulator, startEmulator } from "../../../lib/emulator/start-emulator.ts";
import { httpObservatory } from "../../../lib/operator/observe/http-observatory.ts";
import { attemptLine } from "../../fixtures/audit-lines.ts";
import { writeTinyAssembly } from "../../fixtures/tiny-assembly.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let directory: string;
let emulator: Emulator;
beforeAll(async () => {
  directory = temporaryFolder();
  emulator = await startEmulator({
    app: orderEventsApp,
    port: 0,
    assembly: () => writeTinyAssembly(directory),
  });
});
afterAll(async () => {
  await emulator.close();
});

const line = (orderId: string) => attemptLine({ at: 1, eventId: `${orderId}:1:order.created` });

describe("the observatory of an emulator over HTTP", () => {
  test("returns the same as in its own process", async () => {
    emulator.logs.add({ at: 1, source: "order-created", stream: "stdout", text: line("A") });
    const remote = httpObservatory(emulator);

    expect(await remote.timeline("A")).toEqual(await emulator.observatory.timeline("A"));
    expect((await remote.timeline("A")).entries).toHaveLength(1);
    expect(await remote.timeline("B")).toEqual({ orderId: "B", entries: [] });
    expect(await remote.queues()).toEqual(await emulator.observatory.queues());
    expect(await remote.alarms()).toEqual(await emulator.observatory.alarms());
    expect((await remote.metrics(1)).at).toHaveLength(12);
    const { entries, cursor } = await remote.live({ orderId: "A" });
    expect(entries).toMatchObject([{ source: "order-created", outcome: "done", orderId: "A" }]);
    emulator.logs.add({ at: 2, source: "order-created", stream: "stderr", text: "down", requestId: "r-1" });
    expect(await remote.invocation({ requestId: "r-1" })).toEqual({
      requestId: "r-1",
      source: "order-created",
      lines: [{ at: 2, text: "down", isError: true }],
      isCut: false,
    });
    expect(await remote.live({ orderId: "B" }, cursor)).toEqual({ entries: [], cursor, isCut: false });
  });

  test.each([
    ["/timeline", 400, "name an order"],
    ["/timeline?orderId=", 400, "name an order"],
    ["/invocation", 400, "name an invocation"],
    ["/metrics?minutes=x", 400, "from 1 to 180"],
    ["/secrets", 404, "available: /queues"],
  ])("refuses %s with %i and a reason", async (path, status, message) => {
    const response = await fetch(`${emulator.url}/_emulator/observe${path}`);

    expect(response.status).toBe(status);
    expect(JSON.stringify(await response.json())).toContain(message);
  });

  test("refuses a foreign Host header", async () => {
    const { host } = new URL(emulator.url);
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${emulator.url}/_emulator/observe/queues`, {
        headers: { host: `evil.example:${host}` },
      });
      asked.on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on("error", reject).end();
    });

    expect(status).toBe(403);
  });
});
