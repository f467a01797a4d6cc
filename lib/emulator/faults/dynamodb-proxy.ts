import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { isRecord, type Json } from "../assembly/template-values.ts";
import { type AwsCall, accessKeyOf, jsonInput } from "../calls/aws-call.ts";
import { type CallChecks, createCallChecks } from "../calls/call-checks.ts";
import { isRefused } from "../calls/refusal-response.ts";
import { refusesForeign } from "../foreign-requests.ts";
import { listenOnLoopback } from "../loopback.ts";
import { dynamoDbFault, type FaultAnswer } from "./dynamodb-fault.ts";
import type { Faults } from "./fault-switches.ts";

/** The DynamoDB endpoint of the functions: it checks calls, applies the faults, and notices each write at once. */
export interface DynamoDbProxy {
  readonly endpoint: string;
  /** Calls the listener after each answered write; returns a function that stops it. */
  onWrite(listener: () => void): () => void;
  close(): Promise<void>;
}

const WRITES = new Set([
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "TransactWriteItems",
  "ExecuteStatement",
  "ExecuteTransaction",
  "BatchExecuteStatement",
]);

/** Passes every call to `upstream`. Bodies are read only where a check or a fault needs them. */
export const openDynamoDbProxy = async (options: {
  readonly upstream: string;
  /** Physical names of the tables that can be broken. */
  readonly tables: readonly string[];
  readonly faults: Faults;
  readonly calls?: CallChecks;
}): Promise<DynamoDbProxy> => {
  const { upstream, tables, faults, calls = createCallChecks() } = options;
  const { hostname, port } = new URL(upstream);
  const agent = new Agent({ keepAlive: true });
  const listeners = new Set<() => void>();

  /** A call of `upstream` that waits for its body. */
  const open = (
    incoming: IncomingMessage,
    response: ServerResponse,
    operation: string,
    reading: Reading,
  ): ClientRequest => {
    const outgoing = request(
      { agent, hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        if (reading.listener !== undefined) countUnits(answer, reading.listener);
        if (answer.statusCode === 200 && WRITES.has(operation)) for (const listener of listeners) listener();
      },
    );
    // The caller gets a broken connection, as from DynamoDB.
    outgoing.on("error", () => {
      if (!response.writableEnded) response.destroy();
    });
    response.on("close", () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    return outgoing;
  };

  const server = createServer((incoming, response) => {
    if (refusesForeign(incoming, response)) return;
    const operation =
      String(incoming.headers["x-amz-target"] ?? "")
        .split(".")
        .at(-1) ?? "";
    // Opened while the body arrives: the check of a call then costs no time before the call.
    const reading: Reading = {};
    const outgoing = open(incoming, response, operation, reading);
    const mayFail = faults.isOn("table") || faults.isOn("conflicts");
    if (!mayFail && calls.isEmpty()) {
      incoming.pipe(outgoing);
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const execute = () => {
        const fault = mayFail ? dynamoDbFault(operation, body.toString(), tables, faults) : undefined;
        if (fault === undefined) {
          const sent = reading.listener === undefined ? body : withCapacity(body);
          if (sent !== body) outgoing.setHeader("content-length", sent.length);
          outgoing.end(sent);
          return;
        }
        outgoing.destroy();
        answerWith(response, fault);
      };
      isRefused(calls, toCall(incoming, response, operation, body, reading), response).then(
        (refused) => {
          if (refused) outgoing.destroy();
          else execute();
        },
        () => response.destroy(),
      );
    });
  });
  server.keepAliveTimeout = 0;

  return {
    endpoint: `http://${await listenOnLoopback(server)}`,
    onWrite: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      agent.destroy();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
};

function toCall(
  { headers }: IncomingMessage,
  response: ServerResponse,
  operation: string,
  body: Buffer,
  reading: Reading,
): AwsCall {
  let input: Json | undefined;
  return {
    service: "dynamodb",
    operation,
    accessKeyId: accessKeyOf(headers.authorization),
    get input() {
      input ??= jsonInput(body);
      return input;
    },
    onEnd: (listener) => void response.once("close", listener),
    ...(READS_PAGES.has(operation) && {
      onReadUnits(listener) {
        reading.listener = listener;
      },
    }),
  };
}

/** Calls whose read units only their result shows. */
const READS_PAGES = new Set(["Query", "Scan"]);

/** Who counts the read units of a call. */
interface Reading {
  listener?: (units: number) => void;
}

/** The call with the request for its units, which its answer then has in addition. */
function withCapacity(body: Buffer): Buffer {
  const input = jsonInput(body);
  const { ReturnConsumedCapacity: asked = "NONE" } = input;
  return asked === "NONE" ? Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: "TOTAL" })) : body;
}

function countUnits(answer: IncomingMessage, listener: (units: number) => void): void {
  const chunks: Buffer[] = [];
  answer.on("data", (chunk: Buffer) => chunks.push(chunk));
  answer.on("end", () => {
    const { ConsumedCapacity: consumed } = jsonInput(Buffer.concat(chunks));
    if (isRecord(consumed) && typeof consumed["CapacityUnits"] === "number")
      listener(consumed["CapacityUnits"]);
  });
}

const answerWith = (response: ServerResponse, { status, body }: FaultAnswer): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify(body));
};
