import type { AnswerOf, ApiRoute, RequestArguments } from "../../../../functions/contract/api-types.ts";
import { remoteObservatory } from "../../observe/remote-observatory.ts";
import { type HttpRequest, httpRequest, mayChange, routeRequest } from "../../target/route-request.ts";

/** A request that failed: problem details of the console's server or the API. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** The HTTP status; 0: no response; -1: an error of the page itself. */
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** JSON Pointer to the field at fault. */
  readonly pointer?: string;

  constructor(status: number, details: Readonly<Record<string, unknown>>) {
    const { title, detail, code, pointer } = details;
    // Some details begin with the words of the title.
    const isRepeated = typeof title === "string" && typeof detail === "string" && detail.startsWith(title);
    super(isRepeated ? detail : typeof title === "string" ? title : `The response has status ${status}`);
    this.status = status;
    this.code = typeof code === "string" ? code : "";
    this.detail = typeof detail === "string" && !isRepeated ? detail : "";
    if (typeof pointer === "string") this.pointer = pointer;
  }
}

const CONSOLE_HEADER = { "X-Order-Events-Console": "1" };

/** The answer of a route of the API. Rejects with Problem. */
export const call = <Route extends ApiRoute>(
  route: Route,
  ...request: RequestArguments<Route>
): Promise<AnswerOf<Route>> => exchange(routeRequest(route, ...request));

/** The JSON at an address of the console's server. Rejects with Problem. */
export const get = <Body>(path: string): Promise<Body> => exchange(httpRequest("GET", path));

/** Queues, metrics, alarms, timelines and logs of the target. */
export const observatory = remoteObservatory(get);

export const post = <Body>(path: string, body: object): Promise<Body> =>
  exchange(httpRequest("POST", path, body));

function exchange<Body>(request: HttpRequest): Promise<Body> {
  const received = receive<Body>(request);
  return mayChange(request) ? received.catch(doubtful) : received;
}

export const OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";
export const NOT_JSON = "NOT_JSON";
/** No response, or one of a proxy in place of the API. */
const NO_ANSWER: readonly number[] = [0, 502, 504];

/** A change without a response may have been made. */
function doubtful(error: unknown): never {
  if (!(error instanceof Problem) || !(NO_ANSWER.includes(error.status) || error.code === NOT_JSON))
    throw error;
  throw new Problem(error.status, {
    title: "No response: the outcome is unknown",
    detail: `${error.message}. The change may have been made. Repeating it is safe: it is never made twice.`,
    code: OUTCOME_UNKNOWN,
  });
}

/** API Gateway answers within 29 seconds. */
const TIMEOUT_MS = 30_000;

async function receive<Body>({ path, headers, isDryRun: _, ...init }: HttpRequest): Promise<Body> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const unreachable = (detail: string) =>
    new Problem(0, {
      title: "The console's server does not respond",
      detail: signal.aborted ? `No response within ${TIMEOUT_MS / 1_000} seconds.` : detail,
    });
  const sent = { ...init, headers: { ...CONSOLE_HEADER, ...headers }, signal };
  const response = await fetch(`api${path}`, sent).catch(() => {
    throw unreachable("The console or the emulator was stopped. Start it again.");
  });
  const text = await response.text().catch(() => {
    throw unreachable("The response was cut off.");
  });
  const received = parseJson(text);
  if (typeof received !== "object" || received === null) throw notJson(response);
  if (response.ok) return received as Body;
  throw new Problem(response.status, { ...received });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page of a proxy or of another server, or half a response: never shown as data. */
function notJson({ status, headers }: Response): Problem {
  return new Problem(status, {
    title: "The response is not from the console's server",
    detail: `It has status ${status}, is ${headers.get("content-type") ?? "without a type"}, and holds no JSON.`,
    code: NOT_JSON,
  });
}

/** Any error as a Problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(-1, { title: "The page failed", detail: String(error) });
}
