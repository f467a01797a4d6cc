import type { IncomingMessage, ServerResponse } from "node:http";
import { ConsoleError } from "./console-error.ts";
import { readText } from "./read-body.ts";
import { methodOf } from "./requests.ts";
import { send } from "./responses.ts";

/** The product's REST API. `fetch` signs requests where the API requires it. */
export interface ProductApi {
  /** Without a trailing slash. */
  readonly url: string;
  readonly fetch: typeof fetch;
}

/** The routes that are proxied. No other path of the API is reachable through the console. */
const ROUTES = /^\/(orders|stock|failed-messages|jobs)(\/|$)/;
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT"]);
const HEADERS = ["content-type", "idempotency-key"] as const;

export const isProxied = (path: string): boolean => ROUTES.test(path);

/** Sends a request of the page to the product's API and returns its response. Throws ConsoleError. */
export async function proxyRequest(
  { url, fetch: fetchApi }: ProductApi,
  path: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const method = methodOf(incoming);
  if (!METHODS.has(method)) throw new ConsoleError(405, "METHOD", `The API does not support ${method}.`);
  const headers: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const body = method === "GET" ? {} : { body: await readText(incoming) };
  const response = await fetchApi(`${url}${path}`, { method, headers, redirect: "manual", ...body }).catch(
    (cause: unknown) => {
      throw new ConsoleError(502, "UNREACHABLE", unreachable(url, cause), { cause });
    },
  );
  const type = response.headers.get("content-type") ?? "application/json";
  send(outgoing, response.status, { type, body: Buffer.from(await response.arrayBuffer()) });
}

/** `fetch` hides the cause in a TypeError; other errors, such as missing credentials, have a message of their own. */
function unreachable(url: string, cause: unknown): string {
  if (cause instanceof TypeError) return `No response from ${url}. Is the emulator running?  npm start`;
  return cause instanceof Error ? cause.message : String(cause);
}
