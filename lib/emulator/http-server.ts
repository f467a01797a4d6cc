import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { problemType } from "../../functions/contract/errors.ts";
import { STARTING } from "../operator/target/starting.ts";
import { fileHandleLimit, mostConnections } from "./file-handles.ts";
import { refusesForeign } from "./foreign-requests.ts";
import { requestTarget } from "./gateway/request-target.ts";
import type { RequestListener } from "./gateway/serve-api.ts";

/** The port is in use, or needs privileges. The message names the flag. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

/** The HTTP server of the emulator. It responds 503 until `serve` is called. */
export interface HttpServer {
  readonly url: string;
  /** `allows` decides whether a page of another origin may send a request; none may by default. */
  serve(listener: RequestListener, allows?: AllowsOrigin): void;
  /** Waits a short time for running responses, then closes every connection. */
  close(): Promise<void>;
}

type AllowsOrigin = (origin: string, path: string) => boolean;

const GRACE_MS = 500;

/**
 * Listens on 127.0.0.1 and refuses foreign requests. Port 0 takes any free one. Rejects with PortTakenError.
 * `onDrop` is called for each connection that is closed because there are too many.
 */
export async function startHttpServer(port: number, onDrop: () => void = () => {}): Promise<HttpServer> {
  let listener: RequestListener = starting;
  let allows: AllowsOrigin = () => false;
  const server = createServer((incoming, outgoing) => {
    const { sentPath } = requestTarget(incoming.url);
    if (refusesForeign(incoming, outgoing, { links: true, allows: (origin) => allows(origin, sentPath) }))
      return;
    listener(incoming, outgoing).catch((error: unknown) => answerFailure(outgoing, error));
  });
  const most = mostConnections(fileHandleLimit());
  // Without it, connections above the limit of open files are closed without a trace.
  if (Number.isFinite(most)) server.maxConnections = most;
  server.on("drop", onDrop);
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    const why = whyRefused(error);
    throw why === undefined
      ? error
      : new PortTakenError(`Port ${port} ${why}. Choose another:  --port ${otherPort(port)}`);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve(next, permits = () => false) {
      listener = next;
      allows = permits;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function starting(_incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const title = "The emulator is starting";
  const body = { type: problemType(STARTING), title, status: 503, code: STARTING };
  outgoing
    .writeHead(503, { "Retry-After": "1", "Content-Type": "application/problem+json" })
    .end(JSON.stringify(body));
}

/** The client closed the connection, or the emulator has a defect. Only this request fails. */
function answerFailure(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  const reason = error instanceof Error ? error.message : String(error);
  outgoing.writeHead(500, { "Content-Type": "text/plain" }).end(`The emulator failed: ${reason}\n`);
}

const UNPRIVILEGED = 1_024;
const HIGHEST = 65_535;

/** A port above 1023 beside this one. */
export const otherPort = (port: number): number =>
  port >= HIGHEST ? HIGHEST - 1 : Math.max(UNPRIVILEGED, port + 1);

function whyRefused(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return "is in use";
  return code === "EACCES" ? "needs privileges that this process does not have" : undefined;
}
