import type { IncomingMessage, ServerResponse } from "node:http";
import { ConsoleError } from "./console-error.ts";
import { readText } from "./read-body.ts";
import { methodOf } from "./requests.ts";
import { send } from "./responses.ts";

/** The product's REST API, and how it is asked: signed where it wants that. */
export interface ProductApi {
  /** Without a trailing slash. */
  readonly url: string;
  readonly fetch: typeof fetch;
}

/** The routes that are handed on; nothing else of the API's address can be reached through the console. */
const ROUTES = /^\/(orders|stock|failed-messages|republishes)(\/|$)/;
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT"]);
const HEADERS = ["content-type", "idempotency-key"] as const;

export const isHandedOn = (path: string): boolean => ROUTES.test(path);

/** Asks the product's API what the page asked, and answers what it answers. Throws ConsoleError. */
export async function handOn(
  { url, fetch: ask }: ProductApi,
  path: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const method = methodOf(incoming);
  if (!METHODS.has(method)) throw new ConsoleError(405, "METHOD", `The API takes no ${method}.`);
  const headers: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const body = method === "GET" ? {} : { body: await readText(incoming) };
  const answer = await ask(`${url}${path}`, { method, headers, redirect: "manual", ...body }).catch(
    (cause: unknown) => {
      throw new ConsoleError(502, "UNREACHABLE", unreachable(url, cause), { cause });
    },
  );
  const type = answer.headers.get("content-type") ?? "application/json";
  send(outgoing, answer.status, { type, body: Buffer.from(await answer.arrayBuffer()) });
}

/** `fetch` hides its reason; errors of our own, such as missing credentials, say what to do. */
function unreachable(url: string, cause: unknown): string {
  if (cause instanceof TypeError) return `Nothing answers at ${url}. Is the emulator running?  npm start`;
  return cause instanceof Error ? cause.message : String(cause);
}
