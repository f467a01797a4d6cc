import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PublishBatchCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { openDynamoDbProxy } from "../../../lib/emulator/faults/dynamodb-proxy.ts";
import { createFaults } from "../../../lib/emulator/faults/fault-switches.ts";
import { provisionTables } from "../../../lib/emulator/provision/create-tables.ts";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { type Messaging, startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const region = "eu-central-1";

/** The ranges that SQS documents as accepted, at their bounds and where encodings differ. */
const ACCEPTED: Readonly<Record<string, string>> = {
  "white space": "a\tb\nc\r\nd",
  "the first and last of each range": "\u{20}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}",
  "DEL and the controls of C1": "\u{7F}\u{80}\u{85}\u{9F}",
  "two, three and four bytes": "é€𐍈",
  emoji: "🫖 🧋 ☕️",
  "joined emoji, with skin tone and flag": "👩🏽‍🚀 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇪🇺",
  "combining marks": "e\u{301} Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
  "right-to-left text with direction marks": "\u{202E}שלום\u{202C} \u{200F}مرحبا\u{2067}x\u{2069}",
  "scripts of the astral planes": "𠮷野家 𝔘𝔫𝔦 𓀀 𞤀",
  "zero-width characters and a byte order mark": "\u{200B}\u{200D}\u{FEFF}a\u{FEFF}",
  "line separators of JavaScript": "\u{2028}\u{2029}",
  "private use and noncharacters in the ranges": "\u{E000}\u{F8FF}\u{FDD0}\u{1FFFE}\u{10FFFF}",
  "the replacement character": "\u{FFFD}",
  "markup and escapes": "</Message>&amp;]]>\\u0000%00\"'\\",
};
const NAMES = Object.keys(ACCEPTED);
const BODIES = Object.values(ACCEPTED);

/** The noncharacters #xFFFE and #xFFFF, lone surrogates, and controls. */
const REFUSED = ["\u{0}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}", "\u{D800}", "a\u{DC00}b"];

let directory: string;
let closers: (() => unknown)[];
beforeEach(async () => {
  directory = temporaryFolder();
  closers = [];
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
});

/** A queue with a raw subscription to one topic, and one with envelopes to another. */
async function open(dataDir?: string) {
  const messaging = await startMessaging({ region, ...(dataDir === undefined ? {} : { dataDir }) });
  const options = { endpoint: messaging.endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 };
  const sqs = new SQSClient(options);
  const sns = new SNSClient(options);
  const close = async () => {
    sqs.destroy();
    sns.destroy();
    await messaging.close();
  };
  closers.push(close);
  return { messaging, sqs, sns, close };
}

function provision(messaging: Messaging) {
  const origin = messaging.endpoint;
  const arn = `arn:aws:sqs:${region}:000000000000:q`;
  const QueueUrl = `${origin}/000000000000/q`;
  messaging.queues.createQueue("q", QueueUrl, arn, {}, {});
  const topics = ["raw", "wrapped"].map((name) => {
    const { arn: TopicArn } = messaging.topics.createTopic(name, undefined, undefined, region);
    messaging.topics.subscribe(TopicArn, "sqs", arn, { RawMessageDelivery: String(name === "raw") });
    return TopicArn;
  });
  return { QueueUrl, raw: topics[0] ?? "", wrapped: topics[1] ?? "" };
}

async function receiveAll(sqs: SQSClient, QueueUrl: string, count: number): Promise<readonly Message[]> {
  const all: Message[] = [];
  while (all.length < count) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) break;
    all.push(...Messages);
  }
  return all;
}
const bodiesOf = (messages: readonly Message[]) => messages.map(({ Body }) => Body).sort();
const chunks = BODIES.flatMap((_, at) => (at % 10 === 0 ? [BODIES.slice(at, at + 10)] : []));
const attributesOf = (StringValue: string) => ({ text: { DataType: "String", StringValue } });

describe("K18: all of Unicode that SQS documents", () => {
  test("passes a queue, one by one and in batches, in bodies and in attributes", async () => {
    const { messaging, sqs } = await open();
    const { QueueUrl } = provision(messaging);

    for (const body of BODIES) {
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: attributesOf(body) }),
      );
    }
    for (const part of chunks) {
      const Entries = part.map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      expect(Failed).toEqual([]);
    }

    const messages = await receiveAll(sqs, QueueUrl, 2 * BODIES.length);
    expect(bodiesOf(messages)).toEqual([...BODIES, ...BODIES].sort());
    const values = messages.flatMap(
      ({ MessageAttributes }) => MessageAttributes?.["text"]?.StringValue ?? [],
    );
    expect(values.sort()).toEqual([...BODIES].sort());
  });

  test("passes a topic to its subscribers, raw and in an envelope", async () => {
    const { messaging, sqs, sns } = await open();
    const { QueueUrl, raw, wrapped } = provision(messaging);

    for (const body of BODIES) {
      const MessageAttributes = attributesOf(body);
      await sns.send(new PublishCommand({ TopicArn: raw, Message: body, MessageAttributes }));
    }
    for (const part of chunks) {
      const PublishBatchRequestEntries = part.map((Message, at) => ({ Id: `${at}`, Message }));
      await sns.send(new PublishBatchCommand({ TopicArn: raw, PublishBatchRequestEntries }));
    }
    const rawMessages = await receiveAll(sqs, QueueUrl, 2 * BODIES.length);
    for (const body of BODIES) await sns.send(new PublishCommand({ TopicArn: wrapped, Message: body }));
    const envelopes = await receiveAll(sqs, QueueUrl, BODIES.length);

    expect(bodiesOf(rawMessages)).toEqual([...BODIES, ...BODIES].sort());
    expect(envelopes.map(({ Body }) => JSON.parse(Body ?? "").Message).sort()).toEqual([...BODIES].sort());
  });

  test("is unchanged in a queue after a restart", async () => {
    const first = await open(directory);
    const { QueueUrl } = provision(first.messaging);
    for (const MessageBody of BODIES) await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await first.close();
    closers.pop();

    const second = await open(directory);

    const [queue] = second.messaging.queues.allQueues();
    expect(queue?.messages.map(({ body }) => body).sort()).toEqual([...BODIES].sort());
  });

  test.each(REFUSED)("excludes %j, which a queue refuses", async (bad) => {
    const { messaging, sqs } = await open();
    const { QueueUrl } = provision(messaging);
    // The SDK replaces lone surrogates; on the wire they are JSON escapes.
    const send = (operation: string, input: object) =>
      fetch(messaging.endpoint, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": `AmazonSQS.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/sqs/aws4_request, Signature=local`,
        },
        body: JSON.stringify({ QueueUrl, ...input }),
      });

    const one = await send("SendMessage", { MessageBody: bad });
    const Entries = [
      { Id: "bad", MessageBody: bad },
      { Id: "good", MessageBody: "🫖" },
    ];
    const batch = await send("SendMessageBatch", { Entries });

    expect(one.status).toBe(400);
    expect(await one.text()).toContain("InvalidMessageContents");
    expect(await batch.json()).toMatchObject({
      Successful: [{ Id: "good" }],
      Failed: [{ Id: "bad", Code: "InvalidMessageContents" }],
    });
    expect(bodiesOf(await receiveAll(sqs, QueueUrl, 1))).toEqual(["🫖"]);
  });

  test.each(NAMES)("%s passes a table, in keys, names and values", async (name) => {
    const text = ACCEPTED[name] ?? "";
    const database = await startDynamoDb({ dataDir: directory });
    const table = {
      name: "things",
      createInput: {
        TableName: "things",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      },
    };
    await provisionTables(database.endpoint, region, [table]);
    const proxy = await openDynamoDbProxy({
      upstream: database.endpoint,
      tables: ["things"],
      faults: createFaults({ functions: [], tables: ["things"] }),
    });
    const client = new DynamoDBClient({ endpoint: proxy.endpoint, region, credentials: CREDENTIALS });
    closers.push(database.close, proxy.close, () => client.destroy());

    const Item = { id: { S: text }, value: { S: text }, [`name ${text}`]: { S: "x" } };
    await client.send(new PutItemCommand({ TableName: "things", Item }));
    const read = await client.send(new GetItemCommand({ TableName: "things", Key: { id: { S: text } } }));

    expect(read.Item).toEqual(Item);
  });
});
