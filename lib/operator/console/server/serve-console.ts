import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConsoleAbout, ConsoleData, EmulatorPowers } from "../../observe/view-types.ts";
import type { Page } from "./build-page.ts";
import { ConsoleError } from "./console-error.ts";
import { refuseStrangers } from "./guard.ts";
import { handOn, isHandedOn, type ProductApi } from "./proxy.ts";
import { readObject } from "./read-body.ts";
import { breakRequest, mendRequest, methodOf, minutesOf, orderIdOf } from "./requests.ts";
import { redirect, send, sendJson, sendProblem } from "./responses.ts";
import { noPass, type Pass } from "./session.ts";

export interface ConsoleOptions {
  /** Where the page is served, without a trailing slash: `/console`. */
  readonly base: string;
  readonly about: () => ConsoleAbout;
  readonly data: ConsoleData;
  readonly api: ProductApi;
  /** The page's files; asked for when somebody first opens it. */
  readonly page: () => Promise<Page>;
  /** What the local emulator can do beside. */
  readonly emulator?: EmulatorPowers;
  /** Without one, everybody who reaches the port is served. */
  readonly pass?: Pass;
}

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** True for the addresses below `base`, and for `base` itself. */
export const isBelow = (base: string, path: string): boolean => path === base || path.startsWith(`${base}/`);

/** Serves the page and its data below `base`. Never rejects. */
export function serveConsole(options: ConsoleOptions): Listener {
  return async (incoming, outgoing) => {
    try {
      refuseStrangers(incoming);
      await answer(options, new URL(incoming.url ?? "/", "http://localhost"), incoming, outgoing);
    } catch (error) {
      // What was not read of the request would stand in the way of the next one.
      incoming.resume();
      sendProblem(outgoing, error);
    }
  };
}

async function answer(
  options: ConsoleOptions,
  url: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { base, pass } = options;
  if (pass !== undefined && !pass.isShown(incoming)) {
    // The key is good for once, and only a browser that opens the page has any use for it.
    const cookie = incoming.method === "GET" ? pass.redeem(url, base) : undefined;
    if (cookie === undefined) throw noPass();
    return redirect(outgoing, `${base}/`, cookie);
  }
  // The page's addresses are relative: they need the slash.
  if (!isBelow(base, url.pathname) || url.pathname === base) return redirect(outgoing, `${base}/`);
  const path = url.pathname.slice(base.length);
  if (!path.startsWith("/api/")) return file(options, path.slice(1) || "index.html", incoming, outgoing);
  const asked = path.slice("/api".length);
  if (isHandedOn(asked)) return handOn(options.api, `${asked}${url.search}`, incoming, outgoing);
  sendJson(outgoing, await data(options, `${methodOf(incoming)} ${asked}`, url.searchParams, incoming));
}

async function file(
  { page }: ConsoleOptions,
  name: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const method = methodOf(incoming);
  const content = method === "GET" ? (await page()).get(name) : undefined;
  if (content === undefined) throw nothingAt(`${method} ${name}`);
  send(outgoing, 200, content);
}

async function data(
  { about, data: source, emulator }: ConsoleOptions,
  asked: string,
  query: URLSearchParams,
  incoming: IncomingMessage,
): Promise<unknown> {
  switch (asked) {
    case "GET /about":
      return about();
    case "GET /queues":
      return source.queues();
    case "GET /metrics":
      return source.metrics(minutesOf(query));
    case "GET /alarms":
      return source.alarms();
    case "GET /timeline":
      return source.timeline(orderIdOf(query));
  }
  if (emulator === undefined) throw nothingAt(asked);
  switch (asked) {
    case "GET /mailbox":
      return emulator.mailbox();
    case "GET /faults":
      return emulator.faults();
    case "POST /break":
      return switched(emulator, emulator.break, breakRequest(await readObject(incoming)));
    case "POST /mend":
      return switched(emulator, emulator.mend, mendRequest(await readObject(incoming)));
    default:
      throw nothingAt(asked);
  }
}

/** What the switch refuses is the caller's mistake, and its message says what can be. */
function switched<Asked>(emulator: EmulatorPowers, act: (asked: Asked) => void, asked: Asked) {
  try {
    act(asked);
  } catch (cause) {
    throw new ConsoleError(400, "FAULT", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  return emulator.faults();
}

const nothingAt = (what: string) => new ConsoleError(404, "NOT_FOUND", `The console has no ${what}.`);
