import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type Call, callOf, type Refusal } from "./calls.ts";

/** What happens to one call on its way. */
export type Strike =
  /** The service is never asked; the caller reads an error. */
  | { readonly kind: "refused" | "throttled"; readonly answer: Refusal }
  /** The service is never asked; the connection breaks. */
  | { readonly kind: "cut" }
  /** The service is never asked; nothing is heard until the caller gives up, or until the connection breaks. */
  | { readonly kind: "hangs"; readonly ms: number }
  /** The service does its work; the connection breaks before the answer. */
  | { readonly kind: "answer lost" }
  /** The service does its work; the caller reads an error. */
  | { readonly kind: "answer spoiled"; readonly answer: Refusal }
  /** The service is asked later, even if the caller has given up by then. */
  | { readonly kind: "late"; readonly ms: number };

export interface FaultProxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Stands before a service and asks `strike` about each call; what is not struck passes unchanged. */
export async function openFaultProxy(options: {
  readonly upstream: string;
  readonly strike: (call: Call) => Strike | undefined;
}): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });

  async function forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    const outgoing = request(new URL(incoming.url ?? "/", options.upstream), {
      agent,
      method: incoming.method,
      headers: { ...incoming.headers, "content-length": body.length },
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await bytesOf(answer) };
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const strike = options.strike(callOf(incoming, body));
    switch (strike?.kind) {
      case "cut":
        outgoing.destroy();
        return;
      case "hangs":
        // Rejects when the time is over, and the connection is broken as by any failure here.
        await once(outgoing, "close", { signal: AbortSignal.timeout(strike.ms) });
        return;
      case "refused":
      case "throttled":
        refuse(outgoing, strike.answer);
        return;
      case "answer lost":
        await forward(incoming, body);
        outgoing.destroy();
        return;
      case "answer spoiled":
        await forward(incoming, body);
        refuse(outgoing, strike.answer);
        return;
      case "late":
        await pause(strike.ms);
    }
    const { status, headers, body: answer } = await forward(incoming, body);
    outgoing.writeHead(status, headers);
    outgoing.end(answer);
  }

  const server = createServer((incoming, outgoing) => {
    // The caller sees a broken connection, as it would from the service.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The system gave the proxy no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function refuse(outgoing: ServerResponse, { status, headers, body }: Refusal): void {
  outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  outgoing.end(body);
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
