import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApiSpec } from "../../../lib/emulator/assembly/model.ts";
import { type ApiOptions, serveApi } from "../../../lib/emulator/gateway/serve-api.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";

const api: ApiSpec = {
  id: "api",
  kind: "rest",
  mocks: [],
  name: "orders",
  stageName: "v1",
  routes: [{ method: "ANY", path: "/orders", functionName: "f" }],
  responses: new Map(),
  binaryMediaTypes: [],
};
const ok: InvokeResult = { kind: "ok", payload: { statusCode: 202 } };

let server: Server | undefined;
let refused: string[];
let invocations: number;
beforeEach(() => {
  refused = [];
  invocations = 0;
});
afterEach(() => server?.close());

async function serve(invoke: () => Promise<InvokeResult>, more: Partial<ApiOptions> = {}) {
  const listener = serveApi({
    api,
    host: {
      invoke: () => {
        invocations += 1;
        return invoke();
      },
    },
    clock: { now: () => 0 },
    onRefusal: (what) => refused.push(what),
    ...more,
  });
  server = createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return (method = "POST") => fetch(`http://127.0.0.1:${port}/orders`, { method });
}

test("K12: on a full disk writing requests have the response 503 DISK_FULL, and reads succeed", async () => {
  const send = await serve(async () => ok, { isFull: () => true });

  const changed = await send();
  const read = await send("GET");

  expect(changed.status).toBe(503);
  expect(changed.headers.get("content-type")).toBe("application/problem+json");
  expect(changed.headers.get("retry-after")).toBe("5");
  expect(await changed.json()).toMatchObject({ status: 503, code: "DISK_FULL" });
  expect(read.status).toBe(202);
  expect(invocations).toBe(1);
});

test("K12: an invocation without an instance in time has the response 503 EMULATOR_BUSY, not 500", async () => {
  const send = await serve(async () => ({ kind: "throttled" }));

  const answer = await send();

  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: "EMULATOR_BUSY" });
  expect(refused).toEqual(["503 EMULATOR_BUSY"]);
});

test("K12: requests over the concurrency limit have the response 503, and later ones are served", async () => {
  const { promise, resolve } = Promise.withResolvers<InvokeResult>();
  const send = await serve(() => promise, { mostRunning: 2 });

  const running = [send(), send()];
  await expect.poll(() => invocations).toBe(2);
  const beyond = await send();
  resolve(ok);
  const served = await Promise.all([...running, send()]);

  expect(beyond.status).toBe(503);
  expect(served.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(refused).toEqual(["503 EMULATOR_BUSY"]);
});

test("K12: refusals of the gateway are reported, responses of functions are not", async () => {
  const limited = { ...api, throttle: { rate: 0.001, burst: 2 } };
  const send = await serve(
    async () =>
      invocations === 1
        ? { kind: "ok", payload: { statusCode: 503 } }
        : { kind: "error", errorType: "Error", errorMessage: "no" },
    { api: limited },
  );

  const statuses = [(await send()).status, (await send()).status, (await send()).status];

  expect(statuses).toEqual([503, 502, 429]);
  expect(refused).toEqual(["502 DEFAULT_5XX", "429 THROTTLED"]);
});
