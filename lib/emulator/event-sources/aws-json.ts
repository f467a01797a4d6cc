import { Agent, request } from "node:http";

/** A service of the emulator refused or failed a call. */
export class AwsCallError extends Error {
  override readonly name = "AwsCallError";
  /** The error's short name, e.g. `ExpiredIteratorException`; `""` where the service did not name it. */
  readonly code: string;
  readonly status: number;

  constructor(operation: string, status: number, code: string, message: string) {
    super(`${operation} was answered ${status} ${code}: ${message}`);
    this.code = code;
    this.status = status;
  }
}

/** Calls one service by AWS's JSON protocol. The body's shape is the operation's; the caller narrows the reply. */
export type AwsJsonCall = (operation: string, input: unknown) => Promise<unknown>;

/**
 * A client for the services of the emulator. They require a signature without checking it. One SDK client per mapping
 * would dominate the start-up time.
 */
export const awsJsonClient = (
  endpoint: string,
  service: "AmazonSQS" | "DynamoDBStreams_20120810" | "DynamoDB_20120810",
  region: string,
): { readonly call: AwsJsonCall; readonly close: () => void } => {
  const agent = new Agent({ keepAlive: true });
  const scope = `20260101/${region}/${service === "AmazonSQS" ? "sqs" : "dynamodb"}/aws4_request`;
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    authorization: `AWS4-HMAC-SHA256 Credential=local/${scope}, SignedHeaders=host, Signature=local`,
    "x-amz-date": "20260101T000000Z",
  };
  const call: AwsJsonCall = (operation, input) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        endpoint,
        { agent, method: "POST", headers: { ...headers, "x-amz-target": `${service}.${operation}` } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            try {
              const body: unknown = text === "" ? {} : JSON.parse(text);
              if (response.statusCode === 200) resolve(body);
              else reject(refusal(operation, response.statusCode ?? 0, body));
            } catch (cause) {
              reject(new Error(`The response to ${operation} is not JSON`, { cause }));
            }
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(JSON.stringify(input));
    });
  return { call, close: () => agent.destroy() };
};

const refusal = (operation: string, status: number, body: unknown): AwsCallError => {
  const field = (name: string) =>
    typeof body === "object" && body !== null ? String(Reflect.get(body, name) ?? "") : "";
  const code = field("__type").split("#").at(-1) ?? "";
  return new AwsCallError(operation, status, code, field("message") || field("Message"));
};
