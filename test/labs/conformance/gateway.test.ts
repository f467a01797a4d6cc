import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { ApiSpec } from "../../../lib/emulator/assembly/model.ts";
import { serveApi } from "../../../lib/emulator/gateway/serve-api.ts";
import type { InvokeResult } from "../../../lib/emulator/types.ts";
import { GATEWAY_CASES, type GatewayCase } from "./cases-gateway.ts";
import { HTTP_API_CASES } from "./cases-http-api.ts";

const REST_API: ApiSpec = {
  id: "api",
  kind: "rest",
  mocks: [],
  name: "orders",
  stageName: "v1",
  routes: ["/orders/{orderId}", "/files/{path+}"].map((path) => ({ method: "ANY", path, functionName: "f" })),
  responses: new Map(),
  binaryMediaTypes: ["image/*"],
};
const ROUTES = [
  "GET /orders/{orderId}",
  "POST /orders",
  "ANY /files/{path+}",
  "GET /files/{id}",
  "ANY /v1/{id}",
];

const httpApi = (hasDefault: boolean): ApiSpec => ({
  id: "api",
  kind: "http",
  name: "orders",
  stageName: "$default",
  routes: [...ROUTES, ...(hasDefault ? ["$default"] : [])].map((routeKey) => {
    const [method = "", path = "$default"] = routeKey.split(" ");
    const payload = path.startsWith("/v1/") ? "1.0" : "2.0";
    return { method, path, routeKey, functionName: "f", payload };
  }),
  cors: {
    origins: ["http://localhost:5173"],
    methods: ["GET", "POST"],
    headers: ["content-type"],
    exposed: ["x-total"],
    credentials: true,
    maxAgeSeconds: 60,
  },
});

const NEVER_MS = 50;

let server: Server | undefined;
afterEach(() => server?.close());

const outcomeOf = ({ ends, answer = { statusCode: 200 } }: GatewayCase): Promise<InvokeResult> => {
  if (ends === "never") return new Promise(() => {});
  if (ends === "throws") {
    return Promise.resolve({ kind: "error", errorType: "Error", errorMessage: "told to throw" });
  }
  return Promise.resolve({ kind: "ok", payload: answer });
};

/** Serves the API of a case; returns its port and the events of the function. */
const serve = async (api: ApiSpec, each: GatewayCase) => {
  const events: object[] = [];
  const listener = serveApi({
    api,
    host: {
      invoke: (_name, event) => {
        events.push(Object(event));
        return outcomeOf(each);
      },
    },
    clock: { now: () => Date.UTC(2026, 0, 1, 12) },
    ...(each.ends === "never" ? { timeoutMs: NEVER_MS } : {}),
  });
  server = createServer((incoming, outgoing) => void listener(incoming, outgoing)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The gateway has no port");
  return { port: address.port, events };
};

const send = async (port: number, each: GatewayCase) => {
  const { method = "GET", path = "/orders/7", headers = [], body = "" } = each.request ?? {};
  const length = ["host", "localhost", "content-length", String(Buffer.byteLength(body))];
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers: [...length, ...headers] });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
};

const fieldOf = (event: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => Reflect.get(Object(value), key), event);

const check = async (api: ApiSpec, each: GatewayCase) => {
  const { port, events } = await serve(api, each);

  const response = await send(port, each);

  const { absent = [], ...expected } = each.response ?? { status: 200 };
  expect(response, each.source).toMatchObject(expected);
  for (const name of absent) expect(response.headers, `${name}: ${each.source}`).not.toHaveProperty(name);
  for (const [path, value] of Object.entries(each.event ?? {})) {
    expect(fieldOf(events[0], path), `${path}: ${each.source}`).toEqual(value);
  }
};

describe("the REST API", () => {
  test.each(GATEWAY_CASES)("$rule", (each) => check(REST_API, each));
});

describe("the HTTP API", () => {
  test.each(HTTP_API_CASES)("$rule", (each) => check(httpApi(each.hasDefault === true), each));
});
