import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { handler } from "../../lib/constructs/kafka-brokers-handler.ts";
import { EXISTING } from "./existing-cluster.ts";

const ARN = EXISTING.kafkaClusterArn;
let server: Server;
let address: string;
/** MSK's response; a number is the status of a refusal. */
let msk: object | number;
let asked: string[];
let answers: Record<string, unknown>[];
let denials: number;
let takesAnswers: boolean;
/** The last response to CloudFormation. */
let answered: IncomingMessage["headers"];

async function respond(request: IncomingMessage): Promise<[number, string]> {
  if (request.method === "PUT") {
    answered = request.headers;
    answers.push(JSON.parse(await text(request)));
    return [takesAnswers ? 200 : 403, ""];
  }
  asked.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
  if (denials-- > 0) return [403, '{"__type":"ForbiddenException","message":"not authorized"}'];
  return typeof msk === "number" ? [msk, '{"message":"no such cluster"}'] : [200, JSON.stringify(msk)];
}

beforeEach(async () => {
  msk = { bootstrapBrokerStringSaslIam: "b-1:9098,b-2:9098" };
  asked = [];
  answers = [];
  denials = 0;
  takesAnswers = true;
  server = createServer((request, response) => {
    void respond(request).then(([status, body]) => response.writeHead(status).end(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("AWS_ENDPOINT_URL_KAFKA", address);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
});

const request = (RequestType: "Create" | "Update" | "Delete") => ({
  RequestType,
  ResponseURL: `${address}/answer`,
  StackId: "stack",
  RequestId: "request",
  LogicalResourceId: "KafkaBrokers",
  ResourceProperties: { ClusterArn: ARN, ServiceToken: "arn:aws:lambda:::function:kafka-brokers" },
});

describe("the look-up of brokers", () => {
  test.each(["Create", "Update"] as const)(
    "on %s responds to CloudFormation with their addresses",
    async (type) => {
      await handler(request(type));

      expect(asked).toEqual([`GET /v1/clusters/${ARN}/bootstrap-brokers`]);
      expect(answers).toEqual([
        {
          Status: "SUCCESS",
          Data: { Brokers: "b-1:9098,b-2:9098" },
          StackId: "stack",
          RequestId: "request",
          LogicalResourceId: "KafkaBrokers",
          PhysicalResourceId: ARN,
        },
      ]);
    },
  );

  test("responds with a length and without a content type, which is not part of the signature", async () => {
    await handler(request("Create"));

    expect(answered["content-type"]).toBeUndefined();
    expect(answered["content-length"]).toBe(String(Buffer.byteLength(JSON.stringify(answers[0]))));
  });

  test("on Delete responds without a look-up, because the cluster may be deleted", async () => {
    msk = 404;

    await handler(request("Delete"));

    expect(asked).toEqual([]);
    expect(answers).toMatchObject([{ Status: "SUCCESS", PhysicalResourceId: ARN }]);
  });

  test("of a cluster without IAM fails the deployment, and names the setting to switch on", async () => {
    msk = { bootstrapBrokerStringTls: "b-1:9094" };

    await handler(request("Create"));

    expect(answers).toMatchObject([
      { Status: "FAILED", Reason: expect.stringContaining("IAM access control") },
    ]);
  });

  test("denied by MSK is repeated until the permissions of the new role are effective", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      denials = 3;
      const handled = handler(request("Create"));
      while (answers.length === 0) {
        await vi.advanceTimersByTimeAsync(1_000);
        await new Promise(setImmediate);
      }
      await handled;
    } finally {
      vi.useRealTimers();
    }

    expect(asked).toHaveLength(4);
    expect(answers).toMatchObject([{ Status: "SUCCESS" }]);
  });

  test("refused by MSK fails the deployment with the reason, without waiting for an hour", async () => {
    msk = 404;

    await handler(request("Create"));

    expect(answers).toMatchObject([{ Status: "FAILED", Reason: expect.stringContaining("no such cluster") }]);
  });

  test("fails where its response is refused, so that it is retried", async () => {
    takesAnswers = false;

    await expect(handler(request("Create"))).rejects.toThrow(/403/);
  });
});
