/**
 * Connections that died while their function was frozen: nothing shows it until the next request on them is reset.
 * https://github.com/aws/aws-sdk-js-v3/issues/1196
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dynamoDbClient } from "../../functions/adapters/dynamodb-client.ts";
import { sesMailer } from "../../functions/adapters/ses-mailer.ts";
import { snsClient, snsPublisher } from "../../functions/adapters/sns-publisher.ts";
import { sqsClientQueues } from "../../functions/adapters/sqs-client.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { created, order } from "../fixtures/events.ts";
import { pointSdkAt } from "./services.ts";

const REPLIES: Readonly<Record<string, string>> = {
  GetItem: "{}",
  GetQueueAttributes: '{"Attributes":{"ApproximateNumberOfMessages":"3"}}',
  SendEmail: '{"MessageId":"1"}',
};
const PUBLISHED =
  '<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed/><Successful>' +
  "<member><Id>0</Id><MessageId>1</MessageId></member></Successful></PublishBatchResult></PublishBatchResponse>";

let server: Server;
let endpoint: string;
const used = new WeakSet<Socket>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const { socket } = request;
    if (used.has(socket)) return void socket.destroy();
    used.add(socket);
    request.resume().once("end", () => {
      const operation =
        String(request.headers["x-amz-target"] ?? "SendEmail")
          .split(".")
          .at(-1) ?? "";
      const isSns = request.headers["content-type"]?.includes("form") === true;
      response.writeHead(200, { "content-type": isSns ? "text/xml" : "application/x-amz-json-1.0" });
      response.end(isSns ? PUBLISHED : REPLIES[operation]);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  pointSdkAt(endpoint);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const CALLS: readonly (readonly [string, () => () => Promise<unknown>, unknown])[] = [
  [
    "DynamoDB",
    () => {
      const client = dynamoDbClient();
      return async () => {
        const { Item } = await client.send(new GetItemCommand({ TableName: "t", Key: { id: { S: "1" } } }));
        return Item ?? "none";
      };
    },
    "none",
  ],
  [
    "SNS",
    () => {
      const topic = snsPublisher(snsClient(), "arn:aws:sns:eu-central-1:000000000000:t", systemClock);
      return () => topic.publish([{ event: created(order("1")) }]);
    },
    [{ kind: "published" }],
  ],
  [
    "SQS",
    () => {
      const queues = sqsClientQueues();
      return () => queues.backlog(`${endpoint}/000000000000/queue`);
    },
    3,
  ],
  [
    "SES",
    () => {
      const mailer = sesMailer("orders@shop.example");
      return () => mailer.send({ eventId: "e", to: "ada@example.com", subject: "s", text: "t" });
    },
    { kind: "sent" },
  ],
];

test.each(CALLS)(
  "K25: a call of %s on a connection that is dead by now succeeds",
  async (_, open, result) => {
    const call = open();

    expect([await call(), await call(), await call()]).toEqual([result, result, result]);
  },
);
