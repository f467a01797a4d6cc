import { onTestFinished } from "vitest";
import { listenOnLoopback } from "../../../lib/operator/console/server/listen.ts";
import { pageFile } from "../../../lib/operator/console/server/responses.ts";
import { type ConsoleOptions, serveConsole } from "../../../lib/operator/console/server/serve-console.ts";
import { createSession, type Session } from "../../../lib/operator/console/server/session.ts";
import type { Observatory } from "../../../lib/operator/observe/observatory.ts";
import type { BreakRequest, EmulatorPowers } from "../../../lib/operator/observe/view-types.ts";
import { FULL_ACCESS } from "../../../lib/operator/target/role-access.ts";

const DATA: Observatory = {
  queues: async () => [
    { consumer: "order-created", waiting: 1, inFlight: 0, deadLetters: 0, undelivered: 0 },
  ],
  metrics: async (minutes) => ({ stepSeconds: minutes, at: [], series: [] }),
  alarms: async () => [],
  timeline: async (orderId) => ({ orderId, entries: [] }),
  live: async (filter, after = "") => ({
    entries: [{ id: "1", at: 1, source: "order-created", outcome: "done", ...filter }],
    cursor: after,
    isCut: false,
  }),
  peek: async (queue) => {
    if (queue === "order-created") return { queue, messages: [], total: 0 };
    throw new RangeError("There is no such queue. Queues: order-created.");
  },
  invocation: async ({ requestId }) => ({ requestId, lines: [], isCut: false }),
};

/** A console on its own port until the test ends, with a client. */
export interface TestConsole {
  readonly url: string;
  readonly session: Session;
  /** Requests that reached the product's API. */
  readonly proxied: Request[];
  readonly broken: BreakRequest[];
  request(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown }>;
}

/** Headers of the page's requests with a side effect. */
export const OWN = { "x-order-events-console": "1", "content-type": "application/json" };

export async function startConsole(
  more: Partial<Omit<ConsoleOptions, "session">> & { readonly hasSession?: boolean } = {},
): Promise<TestConsole> {
  const { hasSession = false, ...options } = more;
  const proxied: Request[] = [];
  const broken: BreakRequest[] = [];
  let session = createSession(0);
  const emulator: EmulatorPowers = {
    mailbox: () => [],
    functions: () => [],
    logs: () => [],
    faults: () => ({ targets: ["mail"], active: [] }),
    break(request) {
      if (request.target !== "mail") throw new Error("there is only mail");
      broken.push(request);
    },
    mend: () => {},
  };
  const { url, close } = await listenOnLoopback(0, (port) => {
    session = createSession(port);
    return serveConsole({
      base: "/console",
      about: () => ({
        where: "local",
        stage: "local",
        consumers: ["order-created"],
        region: "eu-central-1",
        url: "http://api",
        can: {
          break: true,
          functions: true,
          mailbox: true,
          orders: true,
          placeOrders: true,
          sendEvents: true,
        },
        ...FULL_ACCESS,
      }),
      data: DATA,
      api: {
        url: "http://api.test/prod",
        async fetch(input, init) {
          proxied.push(new Request(input, init));
          return Response.json({ handed: "on" }, { status: 202 });
        },
      },
      page: async () => new Map([["index.html", pageFile("text/html", Buffer.from("<!doctype html>"))]]),
      emulator,
      ...(hasSession ? { session } : {}),
      ...options,
    });
  });
  onTestFinished(close);
  return {
    url,
    session,
    proxied,
    broken,
    async request(path, init = {}) {
      const response = await fetch(`${url}${path}`, { redirect: "manual", ...init });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") === true;
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && text !== "" ? JSON.parse(text) : text,
      };
    },
  };
}
