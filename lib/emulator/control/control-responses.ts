import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../request-body.ts";

/** A request that the control endpoint refuses. The message is for the caller. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function sendJson(outgoing: ServerResponse, status: number, body: unknown): void {
  send(outgoing, status, "application/json", `${JSON.stringify(body, null, 2)}\n`);
}

/** https://www.rfc-editor.org/rfc/rfc9457#name-aboutblank */
export function sendProblem(outgoing: ServerResponse, { status, message: detail }: ControlError): void {
  const problem = { type: "about:blank", status, detail };
  send(outgoing, status, "application/problem+json", `${JSON.stringify(problem, null, 2)}\n`);
}

export function send(outgoing: ServerResponse, status: number, type: string, body: string): void {
  outgoing.writeHead(status, {
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  outgoing.end(body);
}

/** An error of Lambda's API. */
export function sendAwsError(outgoing: ServerResponse, status: number, type: string, message: string): void {
  outgoing
    .writeHead(status, { "Content-Type": "application/json", "X-Amzn-ErrorType": type })
    .end(JSON.stringify({ __type: type, message, Message: message }));
}

/** The JSON object of a request. Throws ControlError 400 or 415. */
export async function readJson(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  // A page of another site can send a form here, but JSON only after a CORS preflight.
  if (!incoming.headers["content-type"]?.startsWith("application/json")) {
    throw new ControlError(415, "send application/json");
  }
  const body = await readBody(incoming, 65_536);
  try {
    const value: unknown = JSON.parse(String(body));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Continues with the error below.
  }
  throw new ControlError(400, "send a JSON object");
}
