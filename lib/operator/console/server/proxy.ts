import type { IncomingMessage, ServerResponse } from "node:http";
import { ROUTES } from "../../../../functions/contract/api.ts";
import { type GetRole, roleAdvice } from "../../target/role-access.ts";
import { ConsoleError } from "./console-error.ts";
import { readText } from "./read-body.ts";
import { methodOf } from "./requests.ts";
import { send } from "./responses.ts";

/** The product's REST API. `fetch` signs requests where the API requires it. */
export interface ProductApi {
  /** Without a trailing slash. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly getRole?: GetRole;
}

/** First parts of the paths that are proxied. No other path is reachable through the console. */
const ROOTS: ReadonlySet<string> = new Set(
  ROUTES.filter(({ answer }) => answer !== undefined).map(({ path }) => rootOf(path)),
);
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT"]);
const HEADERS = ["content-type", "idempotency-key"] as const;

export const isProxied = (path: string): boolean => ROOTS.has(rootOf(path));

function rootOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** Sends a request of the page to the product's API and returns its response. Throws ConsoleError. */
export async function proxyRequest(
  { url, fetch: fetchApi, getRole }: ProductApi,
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
  const text = method === "GET" ? "" : await readText(incoming);
  // `fetch` would give an empty text a type.
  const body = text === "" ? {} : { body: text };
  const response = await fetchApi(`${url}${path}`, { method, headers, redirect: "manual", ...body }).catch(
    (cause: unknown) => {
      throw new ConsoleError(502, "UNREACHABLE", unreachable(url, cause), { cause });
    },
  );
  const type = response.headers.get("content-type") ?? "application/json";
  const { status } = response;
  const answer = Buffer.from(await response.arrayBuffer());
  send(outgoing, status, {
    type,
    body: status === 403 ? withRole(answer.toString(), { method, path }, getRole) : answer,
  });
}

/** A refusal by the policies of the operator, with the role that it needs. */
function withRole(text: string, request: { method: string; path: string }, getRole?: GetRole): string {
  try {
    const problem = JSON.parse(text) as { readonly detail?: unknown };
    const advice = roleAdvice(request, { status: 403, detail: problem.detail }, getRole);
    return advice === undefined ? text : JSON.stringify({ ...problem, detail: `${advice}.` });
  } catch {
    return text;
  }
}

/** `fetch` hides the cause in a TypeError; other errors, such as missing credentials, have a message of their own. */
function unreachable(url: string, cause: unknown): string {
  if (cause instanceof TypeError) return `No response from ${url}. Is the emulator running?  npm start`;
  return cause instanceof Error ? cause.message : String(cause);
}
