/** What the server or the API behind it refused. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** 0: nobody answered; -1: the page itself failed. */
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** JSON Pointer to the field at fault. */
  readonly pointer?: string;

  constructor(status: number, told: Readonly<Record<string, unknown>>) {
    const { title, detail, code, pointer } = told;
    super(typeof title === "string" ? title : `The answer was ${status}`);
    this.status = status;
    this.code = typeof code === "string" ? code : "";
    this.detail = typeof detail === "string" ? detail : "";
    if (typeof pointer === "string") this.pointer = pointer;
  }
}

const OWN_HEADERS = { "X-Order-Events-Console": "1" };
const JSON_TYPE = { "Content-Type": "application/json" };

/** The JSON at an address below `api/`. Rejects with Problem. */
export function get<Body>(path: string): Promise<Body> {
  return ask<Body>(path, { headers: OWN_HEADERS });
}

export function post<Body>(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Body> {
  return write("POST", path, body, headers);
}

export function put<Body>(path: string, body: unknown): Promise<Body> {
  return write("PUT", path, body, {});
}

/** A part of a path. Colons stand as they are: keys of failed messages have them. */
export const segment = (text: string): string => encodeURIComponent(text).replaceAll("%3A", ":");

function write<Body>(method: string, path: string, body: unknown, headers: object): Promise<Body> {
  return ask<Body>(path, {
    method,
    headers: { ...OWN_HEADERS, ...JSON_TYPE, ...headers },
    // The API refuses U+FFFD unless it is escaped: a gateway puts it in place of bytes that it cannot read.
    body: JSON.stringify(body).replaceAll("\ufffd", "\\ufffd"),
  });
}

async function ask<Body>(path: string, init: RequestInit): Promise<Body> {
  const response = await fetch(`api${path}`, init).catch(() => {
    throw new Problem(0, {
      title: "The console's own server does not answer",
      detail: "It was stopped, or the stage was. Start it again; this page goes on by itself.",
    });
  });
  const told: unknown = await response.json().catch(() => ({}));
  if (response.ok) return told as Body;
  throw new Problem(response.status, typeof told === "object" && told !== null ? { ...told } : {});
}

/** Whatever was thrown, as something to show. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(-1, { title: "The page has a fault", detail: String(error) });
}
