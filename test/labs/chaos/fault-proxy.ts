import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type Call, callOf, type Refusal } from "./calls.ts";

/** The fault of one call. */
export type Fault =
  /** Not forwarded; the caller gets an error. */
  | { readonly kind: "refused" | "throttled"; readonly response: Refusal }
  /** Not forwarded; the connection breaks. */
  | { readonly kind: "cut" }
  /** Not forwarded; no response until the caller gives up or the connection breaks. */
  | { readonly kind: "hangs"; readonly ms: number }
  /** Forwarded; the connection breaks before the response. */
  | { readonly kind: "response lost" }
  /** Forwarded; the caller gets an error. */
  | { readonly kind: "response replaced"; readonly response: Refusal }
  /** Forwarded later, even if the caller has given up by then. */
  | { readonly kind: "late"; readonly ms: number };

export interface FaultProxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A proxy before a service. `fault` decides about each call; a call without a fault passes unchanged. */
export async function openFaultProxy(options: {
  readonly upstream: string;
  readonly fault: (call: Call) => Fault | undefined;
}): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });

  async function forward(incoming: IncomingMessage, body: Buffer): Promise<ApiResponse> {
    const outgoing = request(new URL(incoming.url ?? "/", options.upstream), {
      agent,
      method: incoming.method,
      headers: { ...incoming.headers, "content-length": body.length },
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 502, headers: response.headers, body: await bytesOf(response) };
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const fault = options.fault(callOf(incoming, body));
    switch (fault?.kind) {
      case "cut":
        outgoing.destroy();
        return;
      case "hangs":
        // Rejects at the time-out, which breaks the connection as any failure does.
        await once(outgoing, "close", { signal: AbortSignal.timeout(fault.ms) });
        return;
      case "refused":
      case "throttled":
        refuse(outgoing, fault.response);
        return;
      case "response lost":
        await forward(incoming, body);
        outgoing.destroy();
        return;
      case "response replaced":
        await forward(incoming, body);
        refuse(outgoing, fault.response);
        return;
      case "late":
        await pause(fault.ms);
    }
    const { status, headers, body: content } = await forward(incoming, body);
    outgoing.writeHead(status, headers);
    outgoing.end(content);
  }

  const server = createServer((incoming, outgoing) => {
    // The caller gets a broken connection.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
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
