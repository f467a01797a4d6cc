import { setTimeout as wait } from "node:timers/promises";
import { RequestError } from "./request-error.ts";
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

/** Where requests go, and how; as they are, unless they have to be signed. */
export interface ApiTarget {
  readonly url: string;
  readonly fetch?: typeof fetch;
  /** Told while a stage is waited for. */
  readonly progress?: (text: string) => void;
}

/** A stage that starts answers so within this time, or it hangs. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 250;

/**
 * The answer of the API whatever its status; a stage that is still starting is waited for. Rejects with
 * RequestError when nobody answers.
 */
export async function exchange(target: ApiTarget, asked: ApiRequest): Promise<ApiAnswer> {
  const { progress = () => {} } = target;
  const until = performance.now() + PATIENCE_MS;
  let answer = await once(target, asked);
  while (answer.status === 503 && answer.body["code"] === STARTING) {
    if (performance.now() > until) {
      throw new RequestError(`the stage at ${target.url} is still starting. Try again in a moment.`);
    }
    progress("still starting …");
    await wait(LOOK_MS);
    answer = await once(target, asked);
    progress("");
  }
  return answer;
}

async function once({ url, fetch: send = fetch }: ApiTarget, request: ApiRequest): Promise<ApiAnswer> {
  const { method = "GET", path, body, headers = {} } = request;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await send(`${url}${path}`, { method, headers: { ...type, ...headers }, ...sent }).catch(
    (error: unknown) => {
      if (error instanceof RequestError) throw error;
      throw new RequestError(`nothing answers at ${url}. Start the stage:  npm start`, { cause: error });
    },
  );
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    throw new RequestError(
      `${method} ${path} was answered ${response.status} with something that is not JSON`,
    );
  }
}

/** The body of a 2xx answer. Rejects with RequestError, which says what the problem details say. */
export async function request(context: ApiTarget, asked: ApiRequest): Promise<ApiAnswer["body"]> {
  const { status, body } = await exchange(context, asked);
  if (status >= 200 && status < 300) return body;
  throw new RequestError(problemText(status, body));
}

/** `404 ORDER_NOT_FOUND: There is no such order. … (request …)` */
export function problemText(status: number, body: ApiAnswer["body"]): string {
  const { code, title, detail, error, pointer, requestId } = body;
  const told = detail ?? error;
  // The sentence names the field most of the time.
  const isNamed = pointer === undefined || pointer === "" || String(told).includes(String(pointer));
  const parts = [title, told, isNamed ? undefined : `at ${pointer}`];
  const said = parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => String(part).replace(/\.+$/, ""))
    .join(". ");
  const id = requestId === undefined ? "" : ` (request ${requestId})`;
  return `${status}${code === undefined ? "" : ` ${code}`}: ${said || "no reason given"}${id}`;
}

/** A part of a path that came from outside. Colons may stand there as they are: keys of failed messages have them. */
export const segment = (text: string): string => encodeURIComponent(text).replaceAll("%3A", ":");
