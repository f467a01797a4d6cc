import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** One recorded call: `GraniteServiceVersion20100801.GetMetricData` is `GetMetricData`. */
export interface AwsCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The response of an operation; an `error` is sent in the form of AWS, with its name as the type. */
export type AwsAnswer = object | { readonly error: string; readonly message?: string };

/** Serves AWS's JSON protocols on loopback, by operation. An operation without a response is an error. */
export interface FakeAws {
  readonly endpoint: string;
  readonly calls: AwsCall[];
  answer(operation: string, give: (input: AwsCall["input"]) => AwsAnswer): void;
  close(): Promise<void>;
}

export async function openFakeAws(): Promise<FakeAws> {
  const calls: AwsCall[] = [];
  const answers = new Map<string, (input: AwsCall["input"]) => AwsAnswer>();
  const server = createServer(async (incoming, outgoing) => {
    const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const input = JSON.parse((await text(incoming)) || "{}") as AwsCall["input"];
    calls.push({ operation, input });
    const give =
      answers.get(operation) ?? (() => ({ error: "UnknownOperationException", message: operation }));
    const answer = give(input);
    const failure = "error" in answer ? (answer as { error: string; message?: string }) : undefined;
    const body = failure === undefined ? answer : { __type: failure.error, message: failure.message ?? "" };
    const type = incoming.headers["content-type"] ?? "application/x-amz-json-1.0";
    outgoing.writeHead(failure === undefined ? 200 : 400, { "Content-Type": type }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    answer: (operation, give) => void answers.set(operation, give),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
