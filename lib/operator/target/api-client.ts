import { setTimeout as wait } from "node:timers/promises";
import type { AnswerOf, ApiRoute, RequestArguments } from "../../../functions/contract/api-types.ts";
import { printableLine } from "../../terminal-text.ts";
import { connectionError } from "./connection-error.ts";
import { RequestError } from "./request-error.ts";
import { type GetRole, roleAdvice } from "./role-access.ts";
import { type HttpRequest, mayChange, routeRequest } from "./route-request.ts";
import { STARTING } from "./starting.ts";

/** A response of the API, whatever its status. */
export type ApiAnswer<Body> =
  | { readonly isSuccess: true; readonly status: number; readonly body: Body }
  | {
      readonly isSuccess: false;
      readonly status: number;
      readonly body: Problem;
      /** With the problem, and the role that a refused request needs. */
      readonly error: RequestError;
    };

/** Problem details, or what a gateway or the emulator returns in their place. */
export type Problem = Readonly<Record<string, unknown>>;

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
 * The response of a route, whatever its status. Waits for an emulator that is still starting. Rejects with RequestError
 * where there is no response.
 */
export const exchange = <Route extends ApiRoute>(
  target: ApiTarget,
  route: Route,
  ...request: RequestArguments<Route>
): Promise<ApiAnswer<AnswerOf<Route>>> => exchangeHttp(target, routeRequest(route, ...request));

/** The body of a success. Rejects with RequestError for any other response. */
export const call = async <Route extends ApiRoute>(
  target: ApiTarget,
  route: Route,
  ...request: RequestArguments<Route>
): Promise<AnswerOf<Route>> => bodyOf(await exchange(target, route, ...request));

/** As `exchange`, for a path that is not of the API. */
export async function exchangeHttp<Body>(target: ApiTarget, request: HttpRequest): Promise<ApiAnswer<Body>> {
  const { progress = () => {} } = target;
  const until = performance.now() + START_TIMEOUT_MS;
  let answer = await send<Body>(target, request);
  while (!answer.isSuccess && answer.status === 503 && answer.body["code"] === STARTING) {
    if (performance.now() > until) {
      throw new RequestError(
        `the emulator at ${printableLine(target.url)} is still starting. Try again in a moment.`,
      );
    }
    progress("still starting …");
    await wait(POLL_MS);
    answer = await send(target, request);
    progress("");
  }
  return answer;
}

/** Throws the error of a response that is no success. */
export function bodyOf<Body>(answer: ApiAnswer<Body>): Body {
  if (answer.isSuccess) return answer.body;
  throw answer.error;
}

async function send<Body>(target: ApiTarget, request: HttpRequest): Promise<ApiAnswer<Body>> {
  const { url, fetch: fetchOnce = fetch, inLines = false } = target;
  const { method, path, isDryRun: _, ...init } = request;
  const response = await fetchOnce(`${url}${path}`, { method, ...init }).catch((error: unknown) => {
    throw error instanceof RequestError
      ? error
      : connectionError(url, error, mayChange(request) ? `${method} ${path}` : undefined);
  });
  const { ok: isSuccess, status } = response;
  const text = await response.text();
  const body = parsed(text, inLines);
  if (body === undefined)
    throw new RequestError(`${method} ${path}: the response (${status}) is not JSON`, { status });
  if (isSuccess) return { isSuccess, status, body: body as Body };
  const problem: Problem = typeof body === "object" ? { ...body } : {};
  const error = new RequestError(failureText(target, request, status, problem), { status });
  return { isSuccess, status, body: problem, error };
}

/** Undefined for what is not JSON. */
function parsed(text: string, inLines: boolean): unknown {
  try {
    return JSON.parse(text, inLines ? onOneLine : undefined);
  } catch {
    return undefined;
  }
}

const onOneLine = (_: string, value: unknown) => (typeof value === "string" ? printableLine(value) : value);

function failureText({ getRole }: ApiTarget, request: HttpRequest, status: number, problem: Problem): string {
  const advice = roleAdvice(request, { status, detail: problem["detail"] }, getRole);
  const text = problemText(status, problem);
  return advice === undefined ? text : `${text}\n${advice}`;
}

/** `404 ORDER_NOT_FOUND: There is no such order. … (request …)` */
export function problemText(status: number, problem: Problem): string {
  const { code, title, detail: reason, pointer, requestId } = problem;
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
  return [text, ...otherFaults(problem)].map(printableLine).join("\n");
}

/** A line for each field at fault after the first, which `detail` describes. */
function otherFaults({ errors }: Problem): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.slice(1).map((fault) => `  ${String((fault as { detail?: unknown } | null)?.detail)}`);
}
