import type { IncomingMessage, ServerResponse } from "node:http";
import { parseInvocationQuery, parseLiveQuery } from "../../observe/live-query.ts";
import type { Observatory } from "../../observe/observatory.ts";
import {
  type ConsoleAbout,
  type EmulatorPowers,
  EventError,
  type EventRequest,
} from "../../observe/view-types.ts";
import type { Page } from "./build-page.ts";
import { ConsoleError } from "./console-error.ts";
import { refuseForeignRequests } from "./guard.ts";
import { isProxied, type ProductApi, proxyRequest } from "./proxy.ts";
import { readJsonObject } from "./read-body.ts";
import {
  methodOf,
  parseBreakRequest,
  parseEventRequest,
  parseMendRequest,
  parseMinutes,
  parseOrderId,
} from "./requests.ts";
import { redirect, sendJson, sendPageFile, sendProblem } from "./responses.ts";
import { notSignedIn, type Session } from "./session.ts";

export interface ConsoleOptions {
  /** Path of the page, without a trailing slash: `/console`. */
  readonly base: string;
  readonly about: () => ConsoleAbout;
  readonly data: Observatory;
  readonly api: ProductApi;
  /** The page's files. Called when a browser first opens the page. */
  readonly page: () => Promise<Page>;
  /** Additional features of the local emulator. */
  readonly emulator?: EmulatorPowers;
  /** Without a session, every client that reaches the port is served. */
  readonly session?: Session;
}

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** True for `base` and every path below it. */
export const isBelow = (base: string, path: string): boolean => path === base || path.startsWith(`${base}/`);

/** Serves the page and its data below `base`. Never rejects. */
export function serveConsole(options: ConsoleOptions): Listener {
  return async (incoming, outgoing) => {
    try {
      refuseForeignRequests(incoming);
      await respond(options, new URL(incoming.url ?? "/", "http://localhost"), incoming, outgoing);
    } catch (error) {
      // An unread body would block the next request of the connection.
      incoming.resume();
      sendProblem(outgoing, error);
    }
  };
}

async function respond(
  options: ConsoleOptions,
  url: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { base, session } = options;
  if (session !== undefined && !session.isSignedIn(incoming)) {
    // The key is valid once. Only GET redeems it: HEAD must not use it up.
    const cookie = incoming.method === "GET" ? session.redeem(url, base) : undefined;
    if (cookie === undefined) throw notSignedIn();
    return redirect(outgoing, `${base}/`, cookie);
  }
  // The page's addresses are relative to a path with a trailing slash.
  if (!isBelow(base, url.pathname) || url.pathname === base) return redirect(outgoing, `${base}/`);
  const path = url.pathname.slice(base.length);
  if (!path.startsWith("/api/")) return sendFile(options, path.slice(1) || "index.html", incoming, outgoing);
  const route = path.slice("/api".length);
  if (isProxied(route)) return proxyRequest(options.api, `${route}${url.search}`, incoming, outgoing);
  sendJson(outgoing, await readData(options, `${methodOf(incoming)} ${route}`, url.searchParams, incoming));
}

async function sendFile(
  { page }: ConsoleOptions,
  name: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const method = methodOf(incoming);
  const content = method === "GET" ? (await page()).get(name) : undefined;
  if (content === undefined) throw notFound(`${method} ${name}`);
  sendPageFile(incoming, outgoing, content);
}

async function readData(
  { about, data: source, emulator }: ConsoleOptions,
  route: string,
  query: URLSearchParams,
  incoming: IncomingMessage,
): Promise<unknown> {
  switch (route) {
    case "GET /about":
      return about();
    case "GET /queues":
      return source.queues();
    case "GET /metrics":
      return source.metrics(parseMinutes(query));
    case "GET /alarms":
      return source.alarms();
    case "GET /timeline":
      return source.timeline(parseOrderId(query));
    case "GET /live": {
      const { filter, after } = parseLiveQuery(query);
      return source.live(filter, after);
    }
    case "GET /peek":
      return refused(source.peek(query.get("queue") ?? ""));
    case "GET /invocation": {
      const asked = parseInvocationQuery(query);
      if (asked === undefined)
        throw new ConsoleError(400, "INVALID_REQUEST", '"requestId" must name an invocation.');
      return refused(source.invocation(asked));
    }
  }
  if (emulator === undefined) throw notFound(route);
  switch (route) {
    case "GET /mailbox":
      return emulator.mailbox();
    case "GET /functions":
      return emulator.functions();
    case "GET /logs":
      return emulator.logs();
    case "GET /faults":
      return emulator.faults();
    case "POST /events":
      return sendEvent(emulator, parseEventRequest(await readJsonObject(incoming)));
    case "POST /break":
      return changeFaults(emulator, emulator.break, parseBreakRequest(await readJsonObject(incoming)));
    case "POST /mend":
      return changeFaults(emulator, emulator.mend, parseMendRequest(await readJsonObject(incoming)));
    default:
      throw notFound(route);
  }
}

async function sendEvent({ sendEvent: send }: EmulatorPowers, request: EventRequest): Promise<unknown> {
  if (send === undefined) throw notFound("POST /events");
  return send(request).catch((cause: unknown) => {
    throw cause instanceof EventError
      ? new ConsoleError(400, "INVALID_EVENT", cause.message, { cause })
      : cause;
  });
}

/** A RangeError is the caller's: its message lists what is valid. */
async function refused<Value>(read: Promise<Value>): Promise<Value> {
  try {
    return await read;
  } catch (cause) {
    throw cause instanceof RangeError
      ? new ConsoleError(400, "INVALID_REQUEST", cause.message, { cause })
      : cause;
  }
}

/** An error of the emulator is the caller's: its message lists the valid targets. */
function changeFaults<Request>(
  emulator: EmulatorPowers,
  change: (request: Request) => void,
  request: Request,
) {
  try {
    change(request);
  } catch (cause) {
    throw new ConsoleError(400, "FAULT", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  return emulator.faults();
}

const notFound = (what: string) => new ConsoleError(404, "NOT_FOUND", `The console has no ${what}.`);
