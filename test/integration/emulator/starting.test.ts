import { expect, test } from "vitest";
import { openFront } from "../../../lib/emulator/http-server.ts";
import { runCommandLine } from "../../../lib/operator/cli/run-command.ts";

test("a command that comes while the emulator starts waits for it, says so, and is answered", async () => {
  const front = await openFront(0);
  let text = "";
  let progress = "";
  const running = runCommandLine(["stock", "show", "tea"], {
    write: (more) => {
      text += more;
    },
    writeError: (more) => {
      progress += more;
      // It has been told that the emulator is starting: now it has started.
      front.serve(async (_, outgoing) => {
        outgoing.writeHead(200, { "Content-Type": "application/json" });
        outgoing.end(JSON.stringify({ sku: "tea", onHand: 3, held: 1, available: 2 }));
      });
    },
    isInteractive: true,
    defaultUrl: async () => front.url,
  });

  const code = await running;
  await front.close();

  expect(code).toBe(0);
  expect(text).toContain("tea");
  expect(progress).toContain("still starting");
});

test("an emulator that starts says so as a problem, and when to ask again", async () => {
  const front = await openFront(0);

  const response = await fetch(`${front.url}/orders`);
  await front.close();

  expect(response.status).toBe(503);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await response.json()).toMatchObject({ code: "EMULATOR_STARTING", status: 503 });
});
