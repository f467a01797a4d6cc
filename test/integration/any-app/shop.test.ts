import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../lib/operator/cli/run-command.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
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

  test.each(["Greetings", "Others", "URL of Greet"])(
    "serves routes of the engine behind %s",
    async (name) => {
      const url = app.apis.find((each) => each.name === name)?.url;

      const response = await fetch(`${url}/greetings/Zo%C3%AB%20A?tag=1&tag=2`);

      const path = name === "URL of Greet" ? "/greetings/Zo%C3%AB%20A" : "/greetings/Zoë A";
      expect([response.status, await response.json()]).toEqual([
        200,
        { hello: "Zoë A", tags: ["1", "2"], path },
      ]);
      expect(await (await fetch(`${url}/greetings`)).json()).toMatchObject(
        name === "Greetings" ? { message: "Not Found" } : { code: "NOT_FOUND" },
      );
    },
  );

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
        path: "ShopService/Flow",
        reason: expect.stringContaining("AWS::StepFunctions::StateMachine"),
      },
      { path: "ShopService/Report", reason: expect.stringContaining("not python3.13") },
      {
        path: expect.stringContaining("ShopService/Report/SqsEventSource"),
        reason: expect.stringContaining("which is not run"),
      },
    ]);
  });
});

describe("the command line on a foreign app", () => {
  const run = async (...args: readonly string[]) => {
    let text = "";
    const write = (more: string) => {
      text += more;
    };
    const terminal = { write, writeError: write, defaultUrl: async () => app.url };
    return { code: await runCommandLine(args, terminal), text };
  };

  test.each([
    ["failed status"],
    ["orders show X"],
    ["stock show tea"],
    ["orders place"],
    ["orders place --sku tea"],
  ])("%s names the app and the commands for it", async (command) => {
    const { code, text } = await run(...command.split(" "));

    expect(code).toBe(1);
    expect(text).toBe(
      "The emulator runs shop, which has no orders and no failed messages. Commands for any app: dead-letters list, dead-letters redrive, queues peek, queues, alarms, live, logs, console, break, mend.\n",
    );
  });

  test("breaks and mends a function", async () => {
    expect(await run("break", "function:Api")).toMatchObject({ code: 0 });
    expect((await fetch(`${app.url}/a1`)).status).toBe(502);
    expect(await run("mend")).toMatchObject({ code: 0 });
    expect((await fetch(`${app.url}/unknown`)).status).toBe(404);
  });

  test("refuses bad messages, which it has no queue for", async () => {
    const { code, text } = await run("break", "message");

    expect([code, text]).toEqual([1, expect.stringContaining("no queue for such messages")]);
  });

  test("opens the console", async () => {
    const { code, text } = await run("console", "--no-open");

    expect([code, text]).toEqual([0, `${app.url}/_emulator/console/\n`]);
  });
});

describe("the console of a foreign app", () => {
  const read = async (path: string) => (await fetch(`${app.url}/_emulator/console/api${path}`)).json();

  test("has its functions with their invocations", async () => {
    const functions = await read("/functions");

    expect(functions).toEqual(
      ["Api", "Greet", "Worker", "Audit"].map((name) =>
        expect.objectContaining({ name, invocations: expect.any(Number), errors: expect.any(Number) }),
      ),
    );
  });

  test("has their log lines, the latest first", async () => {
    const lines = (await read("/logs")) as readonly { readonly at: number; readonly text: string }[];

    expect(lines.some(({ text }) => text.includes("audited INSERT"))).toBe(true);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((a, b) => b - a));
  });

  test("plots invocations in place of events", async () => {
    const { series } = (await read("/metrics?minutes=5")) as { readonly series: readonly { name: string }[] };

    expect(new Set(series.map(({ name }) => name))).toEqual(
      new Set(["invocations", "errors", "durationP50", "durationP99", "apiRequests", "apiErrors"]),
    );
  });
});

describe("the command emulator", () => {
  test("rejects a folder without an app, and lists the flags", async () => {
    await expect(runApp(import.meta.dirname)).rejects.toThrow(/--app .*--assembly/s);
  });

  test("rejects a folder without an assembly", async () => {
    await expect(runApp(FOLDER, "--assembly", "worker")).rejects.toThrow("holds no cloud assembly");
  });

  test("rejects an assembly whose manifest is cut off, and names the file", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "manifest.json"), "{");

    await expect(runApp(FOLDER, "--assembly", folder)).rejects.toThrow(/manifest\.json is not a JSON object/);
  });

  test("rejects an app that writes no assembly, instead of running an earlier one", async () => {
    await expect(runApp(FOLDER, "--app", "true")).rejects.toThrow(/true ended without a cloud assembly/);
  });

  test("prints the output of an app that fails", async () => {
    const failing = runApp(FOLDER, "--app", "echo no stacks today; exit 7");

    await expect(failing).rejects.toThrow(/no stacks today\n.*exited with exit code 7/s);
  });
});
