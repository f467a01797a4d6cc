import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningApp, runApp } from "./run-app.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/apps/shop");

let app: RunningApp;
beforeAll(async () => {
  app = await runApp(FOLDER, "--app", "node app.ts");
});
afterAll(() => app.close());

const post = (body: object) => fetch(`${app.url}/orders`, { method: "POST", body: JSON.stringify(body) });

describe("a foreign app with an API, a topic, a queue and a table in two stacks", () => {
  test("carries a request through topic, queue, table and stream", async () => {
    expect((await post({ id: "a1" })).status).toBe(202);

    await app.lineWith("Audit", "audited INSERT a1");
    const response = await fetch(`${app.url}/a1`);
    expect([response.status, await response.json()]).toEqual([200, { id: { S: "a1" } }]);
  });

  test("has no orders and no failed messages in its console", async () => {
    const about = await (await fetch(`${app.url}/_emulator/console/api/about`)).json();

    expect(about).toMatchObject({ can: { orders: false, placeOrders: false, break: true }, consumers: [] });
  });

  test("shows its queue with the function that reads it", async () => {
    const queues = await (await fetch(`${app.url}/_emulator/observe/queues`)).json();

    expect(queues).toMatchObject([{ consumer: "Worker", deadLetters: expect.any(Number) }]);
  });

  test("names what is not run, and what that would have invoked", () => {
    expect(app.leftOut).toEqual([
      {
        path: "ShopService/Flow/Resource",
        reason: expect.stringContaining("AWS::StepFunctions::StateMachine"),
      },
      { path: "ShopService/Report/Resource", reason: expect.stringContaining("not python3.13") },
      {
        path: expect.stringContaining("ShopService/Report/SqsEventSource"),
        reason: expect.stringContaining("which is not run"),
      },
    ]);
  });
});

describe("the command emulator", () => {
  test("rejects a folder without an app, and lists the flags", async () => {
    await expect(runApp(import.meta.dirname)).rejects.toThrow(/--app .*--assembly/s);
  });

  test("rejects a folder without an assembly", async () => {
    await expect(runApp(FOLDER, "--assembly", "worker")).rejects.toThrow("holds no cloud assembly");
  });

  test("prints the output of an app that fails", async () => {
    const failing = runApp(FOLDER, "--app", "echo no stacks today; exit 7");

    await expect(failing).rejects.toThrow(/no stacks today\n.*exited with exit code 7/s);
  });
});
