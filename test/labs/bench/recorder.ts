import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type Capacity, capacityOf } from "./capacity.ts";

/** One request to an AWS service, retries of the SDK included. */
export interface Call extends Capacity {
  readonly operation: string;
  readonly status: number;
}

/** A proxy before a service that forwards and records all calls. */
export interface Recorder {
  readonly endpoint: string;
  /** The calls since the last read. */
  take(): readonly Call[];
  close(): Promise<void>;
}

export const writeUnits = (calls: readonly Call[]) => calls.reduce((sum, call) => sum + call.writeUnits, 0);
export const readUnits = (calls: readonly Call[]) => calls.reduce((sum, call) => sum + call.readUnits, 0);

export async function record(upstream: string): Promise<Recorder> {
  const agent = new Agent({ keepAlive: true });
  let calls: Call[] = [];
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const sent = await bytesOf(incoming);
    const operation = operationOf(incoming, sent);
    const asked = isDynamoDb(incoming) ? askingForCapacity(sent) : undefined;
    const body = asked === undefined ? sent : Buffer.from(JSON.stringify(asked));
    const forwarded = request(new URL(incoming.url ?? "/", upstream), {
      agent,
      method: incoming.method,
      headers: { ...incoming.headers, "content-length": body.length },
    });
    forwarded.end(body);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    const reply = await bytesOf(answer);
    const status = answer.statusCode ?? 502;
    const capacity =
      asked === undefined
        ? { writeUnits: 0, readUnits: 0 }
        : capacityOf(operation, asked, status, JSON.parse(String(reply)));
    calls.push({ operation, status, ...capacity });
    outgoing.writeHead(status, answer.headers);
    outgoing.end(reply);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The recorder has no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function isDynamoDb({ headers }: IncomingMessage): boolean {
  return String(headers["x-amz-target"]).startsWith("DynamoDB_");
}

function askingForCapacity(body: Buffer): object {
  return { ...(JSON.parse(String(body)) as object), ReturnConsumedCapacity: "TOTAL" };
}

/** Recognized by the header (JSON protocols), the field (query protocol) or the path (SES). */
function operationOf({ headers, url }: IncomingMessage, body: Buffer): string {
  const target = headers["x-amz-target"];
  if (target !== undefined) return String(target).split(".").at(-1) ?? "";
  if (url === "/v2/email/outbound-emails") return "SendEmail";
  return new URLSearchParams(String(body)).get("Action") ?? `${url}`;
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
