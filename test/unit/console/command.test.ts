import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { ROUTES } from "../../../functions/contract/api.ts";
import type { CommandContext } from "../../../lib/operator/cli/command.ts";
import { serveDeployment } from "../../../lib/operator/cli/console-command.ts";
import { runCommandLine } from "../../../lib/operator/cli/run-command.ts";

async function run(...args: readonly string[]) {
  let text = "";
  let errors = "";
  const code = await runCommandLine(["console", ...args], {
    write: (more) => {
      text += more;
    },
    writeError: (more) => {
      errors += more;
    },
    defaultUrl: async () => "http://127.0.0.1:1",
  });
  return { code, text, errors };
}

/** A server that responds as an emulator with a console does. */
async function startFakeEmulator(): Promise<string> {
  const server = createServer((_, outgoing) => outgoing.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

it("prints the address of the console of a running emulator", async () => {
  const url = await startFakeEmulator();

  const plain = await run("--url", url, "--no-open");
  const json = await run("--url", url, "--no-open", "--json");

  expect(plain).toEqual({ code: 0, text: `${url}/_emulator/console/\n`, errors: "" });
  expect(JSON.parse(json.text)).toEqual({ url: `${url}/_emulator/console/` });
});

it.each([
  [["--port", "x"], 3, "--port must be a whole number from 0 to 65535"],
  [["--port", "70000"], 3, "--port must be a whole number from 0 to 65535"],
  [["--profile", "p"], 3, "--stage"],
])("%j exits with an error that names the flag", async (args, code, message) => {
  expect(await run(...args)).toMatchObject({ code, errors: expect.stringContaining(message) });
});

it("serves a deployment on loopback to a client with the key, with signed requests, without emulator features", async () => {
  vi.stubEnv("AWS_REGION", "eu-central-1");
  onTestFinished(() => void vi.unstubAllEnvs());
  const signed: string[] = [];
  const context = {
    url: "https://api.test/prod",
    flags: { stage: "prod" },
    consumers: ["order-created", "publish-events"],
    observatory: async () => ({ queues: async () => [] }),
    async fetch(input: unknown) {
      signed.push(String(input));
      return Response.json({ groups: [] });
    },
  } as unknown as CommandContext;

  const { url, session, close } = await serveDeployment(context, 0);
  onTestFinished(close);
  const first = await fetch(`${url}/console/?key=${session.key}`, { redirect: "manual" });
  const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
  const get = async (path: string) => {
    const response = await fetch(`${url}/console/api${path}`, { headers: { cookie } });
    return [response.status, await response.json()];
  };

  expect(await get("/about")).toEqual([
    200,
    {
      where: "aws",
      stage: "prod",
      region: "eu-central-1",
      url: "https://api.test/prod",
      can: {
        break: false,
        functions: false,
        mailbox: false,
        orders: true,
        placeOrders: false,
        sendEvents: false,
      },
      consumers: ["order-created", "publish-events"],
      role: "administrator",
      operations: ROUTES.map(({ operationId }) => operationId),
    },
  ]);
  expect(await get("/failed-messages/groups")).toEqual([200, { groups: [] }]);
  expect(signed).toEqual([
    "https://api.test/prod/access/reader",
    "https://api.test/prod/access/operator",
    "https://api.test/prod/access/administrator",
    "https://api.test/prod/failed-messages/groups",
  ]);
  expect((await get("/faults"))[0]).toBe(404);
});
