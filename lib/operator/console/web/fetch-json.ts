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
    super(typeof title === "string" ? title : `The response has status ${status}`);
    this.status = status;
    this.code = typeof code === "string" ? code : "";
    this.detail = typeof detail === "string" ? detail : "";
    if (typeof pointer === "string") this.pointer = pointer;
  }
}

const CONSOLE_HEADER = { "X-Order-Events-Console": "1" };
const JSON_TYPE = { "Content-Type": "application/json" };

/** The JSON at an address below `api/`. Rejects with Problem. */
export function get<Body>(path: string): Promise<Body> {
  return request<Body>(path, { headers: CONSOLE_HEADER });
}

export function post<Body>(
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Body> {
  return write("POST", path, body, headers);
}

export function put<Body>(path: string, body: object): Promise<Body> {
  return write("PUT", path, body, {});
}

/** Encodes a path segment. Colons remain: keys of failed messages contain them. */
export const segment = (text: string): string => encodeURIComponent(text).replaceAll("%3A", ":");

function write<Body>(method: string, path: string, body: object, headers: object): Promise<Body> {
  const sent = request<Body>(path, {
    method,
    headers: { ...CONSOLE_HEADER, ...JSON_TYPE, ...headers },
    // The API refuses U+FFFD unless it is escaped: a gateway puts it in place of bytes that it cannot read.
    body: JSON.stringify(body).replaceAll("\ufffd", "\\ufffd"),
  });
  return Reflect.get(body, "dryRun") === true ? sent : sent.catch(doubtful);
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

async function request<Body>(path: string, init: RequestInit): Promise<Body> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const unreachable = () =>
    new Problem(0, {
      title: "The console's server does not respond",
      detail: signal.aborted
        ? `No response within ${TIMEOUT_MS / 1_000} seconds.`
        : "The console or the emulator was stopped. Start it again; this page reconnects.",
    });
  const response = await fetch(`api${path}`, { ...init, signal }).catch(() => {
    throw unreachable();
  });
  const text = await response.text().catch(() => {
    throw unreachable();
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
