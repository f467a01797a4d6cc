import { expect, test } from "vitest";
import { startHttpServer } from "../../../lib/emulator/http-server.ts";
import { runCommandLine } from "../../../lib/operator/cli/run-command.ts";

test("a command waits while the emulator starts, prints that, and succeeds", async () => {
  const server = await startHttpServer(0);
  let text = "";
  let progress = "";
  const running = runCommandLine(["stock", "show", "tea"], {
    write: (more) => {
      text += more;
    },
    writeError: (more) => {
      progress += more;
      // The command knows that the emulator is starting; from here on it has started.
      server.serve(async (_, outgoing) => {
        outgoing.writeHead(200, { "Content-Type": "application/json" });
        outgoing.end(JSON.stringify({ sku: "tea", onHand: 3, held: 1, available: 2 }));
      });
    },
    isInteractive: true,
    defaultUrl: async () => server.url,
  });

  const code = await running;
  await server.close();

  expect(code).toBe(0);
  expect(text).toContain("tea");
  expect(progress).toContain("still starting");
});

test("a starting emulator responds with a problem and Retry-After", async () => {
  const server = await startHttpServer(0);

  const response = await fetch(`${server.url}/orders`);
  await server.close();

  expect(response.status).toBe(503);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await response.json()).toMatchObject({
    type: "urn:order-events:problem:EMULATOR_STARTING",
    code: "EMULATOR_STARTING",
    status: 503,
  });
});
