import { setTimeout as wait } from "node:timers/promises";
import { printableLine } from "../../terminal-text.ts";
import { connectionError } from "./connection-error.ts";
import { RequestError } from "./request-error.ts";
import { type GetRole, roleAdvice } from "./role-access.ts";
import { STARTING } from "./starting.ts";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where and how requests are sent. */
export interface ApiTarget {
  readonly url: string;
  /** Signs requests where the API requires it; default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Whether newlines in the values of responses are escaped: in printed text they would start forged lines. */
  readonly inLines?: boolean;
  /** For the advice where a request is refused. */
  readonly getRole?: GetRole;
  /** Called while an emulator starts. */
  readonly progress?: (text: string) => void;
}

/** An emulator that takes longer to start hangs. */
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 250;

/**
 * The response of the API, whatever its status. Waits for an emulator that is still starting. Rejects with
 * RequestError where there is no response.
 */
export async function exchange(target: ApiTarget, apiRequest: ApiRequest): Promise<ApiAnswer> {
  const { progress = () => {} } = target;
  const until = performance.now() + START_TIMEOUT_MS;
  let answer = await send(target, apiRequest);
  while (answer.status === 503 && answer.body["code"] === STARTING) {
    if (performance.now() > until) {
      throw new RequestError(
        `the emulator at ${printableLine(target.url)} is still starting. Try again in a moment.`,
      );
    }
    progress("still starting …");
    await wait(POLL_MS);
    answer = await send(target, apiRequest);
    progress("");
  }
  return answer;
}

async function send(
  { url, fetch: fetchOnce = fetch, inLines = false }: ApiTarget,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const { method = "GET", path, body, headers = {} } = request;
  const sent = body === undefined ? {} : { body: jsonText(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetchOnce(`${url}${path}`, {
    method,
    headers: { ...type, ...headers },
    ...sent,
  }).catch((error: unknown) => {
    throw error instanceof RequestError ? error : connectionError(url, error);
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text, inLines ? onOneLine : undefined) };
  } catch {
    throw new RequestError(`${method} ${path}: the response (${response.status}) is not JSON`, {
      status: response.status,
    });
  }
}

const onOneLine = (_: string, value: unknown) => (typeof value === "string" ? printableLine(value) : value);

/** The API refuses U+FFFD unless it is escaped: a gateway puts it in place of bytes that it cannot read. */
function jsonText(body: unknown): string {
  return JSON.stringify(body).replaceAll("\ufffd", "\\ufffd");
}

/** The body of a 2xx response. Rejects with RequestError, whose message is made of the problem details. */
export async function request(context: ApiTarget, apiRequest: ApiRequest): Promise<ApiAnswer["body"]> {
  const { status, body } = await exchange(context, apiRequest);
  if (status >= 200 && status < 300) return body;
  throw new RequestError(failureText(context, apiRequest, { status, body }), { status });
}

/** The problem of a response, and the role that a refused request needs. */
export function failureText(
  { getRole }: ApiTarget,
  { method = "GET", path }: ApiRequest,
  { status, body }: ApiAnswer,
): string {
  const advice = roleAdvice({ method, path }, { status, detail: body["detail"] }, getRole);
  const text = problemText(status, body);
  return advice === undefined ? text : `${text}\n${advice}`;
}

/** `404 ORDER_NOT_FOUND: There is no such order. … (request …)` */
export function problemText(status: number, body: ApiAnswer["body"]): string {
  const { code, title, detail, error, pointer, requestId } = body;
  const reason = detail ?? error;
  // Most details name the field.
  const isNamed = pointer === undefined || pointer === "" || String(reason).includes(String(pointer));
  const isRepeated = String(reason).startsWith(String(title));
  const parts = [isRepeated ? undefined : title, reason, isNamed ? undefined : `at ${pointer}`];
  const message = parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => String(part).replace(/\.+$/, ""))
    .join(". ");
  const id = requestId === undefined ? "" : ` (request ${requestId})`;
  const text = `${status}${code === undefined ? "" : ` ${code}`}: ${message || "no reason given"}${id}`;
  return [text, ...otherFaults(body)].map(printableLine).join("\n");
}

/** A line for each field at fault after the first, which `detail` describes. */
function otherFaults({ errors }: ApiAnswer["body"]): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.slice(1).map((fault) => `  ${String((fault as { detail?: unknown } | null)?.detail)}`);
}

/**
 * Encodes a segment of a path. Colons stay: keys of failed messages contain them. A lone surrogate, which has no
 * encoding, becomes U+FFFD.
 */
export const segment = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll("%3A", ":");
