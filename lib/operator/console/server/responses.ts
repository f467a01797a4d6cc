import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { problemType } from "../../../../functions/contract/errors.ts";
import { ConsoleError } from "./console-error.ts";

/** The page loads scripts, styles and data from its own origin only. No other site can frame it or read from it. */
const SECURITY_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

export interface Content {
  readonly type: string;
  readonly body: string | Buffer;
}

/** A file of the page, ready for a browser that keeps it. */
export interface PageFile extends Content {
  readonly gzipped: Buffer;
  /** Changes with the content. */
  readonly etag: string;
}

export function send(
  outgoing: ServerResponse,
  status: number,
  { type, body }: Content,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, {
    ...SECURITY_HEADERS,
    "Cache-Control": "no-store",
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  outgoing.end(body);
}

export function pageFile(type: string, body: Buffer): PageFile {
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  return { type, body, gzipped: gzipSync(body), etag };
}

/** Sends a file, or 304 to a browser that has it. It asks each time: an update of the console shows at once. */
export function sendPageFile(incoming: IncomingMessage, outgoing: ServerResponse, file: PageFile): void {
  const { type, body, gzipped, etag } = file;
  const headers = { "Cache-Control": "private, no-cache", ETag: etag, Vary: "Accept-Encoding" };
  const acceptsGzip = /\bgzip\b/.test(String(incoming.headers["accept-encoding"] ?? ""));
  if (incoming.headers["if-none-match"] === etag) send(outgoing, 304, { type, body: "" }, headers);
  else if (acceptsGzip)
    send(outgoing, 200, { type, body: gzipped }, { ...headers, "Content-Encoding": "gzip" });
  else send(outgoing, 200, { type, body }, headers);
}

export function sendJson(outgoing: ServerResponse, body: unknown): void {
  send(outgoing, 200, { type: "application/json; charset=utf-8", body: JSON.stringify(body) });
}

export function redirect(outgoing: ServerResponse, location: string, cookie?: string): void {
  const headers = { Location: location, ...(cookie === undefined ? {} : { "Set-Cookie": cookie }) };
  send(outgoing, 303, { type: "text/plain", body: "" }, headers);
}

/** Problem details, as the product's API sends them. An unexpected error keeps its message. */
export function sendProblem(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const { status, code } = error instanceof ConsoleError ? error : { status: 500, code: "CONSOLE_FAILED" };
  const detail = error instanceof Error ? error.message : String(error);
  const problem = {
    type: problemType(code),
    title: TITLES[status] ?? "The console failed",
    status,
    code,
    detail,
  };
  send(outgoing, status, { type: "application/problem+json", body: JSON.stringify(problem) });
}

const TITLES: Readonly<Record<number, string>> = {
  400: "The request is invalid",
  401: "This browser has no session",
  403: "The console refused the request",
  404: "Not found",
  405: "Method not allowed",
  413: "The body is too large",
  502: "No response from the API",
};
