import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { QueueSpec } from "../../../lib/emulator/assembly/model.ts";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { provisionMessaging } from "../../../lib/emulator/provision/create-messaging.ts";
import { type Messaging, startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const REGION = "eu-central-1";

let dataDir: string;
let closers: (() => unknown)[];
beforeEach(async () => {
  dataDir = temporaryFolder();
  closers = [];
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
});

function clientOf(endpoint: string): { sqs: SQSClient; url: (name: string) => string } {
  const sqs = new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });
  closers.push(() => sqs.destroy());
  return { sqs, url: (name) => `${endpoint}/000000000000/${name}` };
}

async function bodiesOf(endpoint: string, name: string): Promise<string[]> {
  const { sqs, url } = clientOf(endpoint);
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url(name), MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body }) => Body ?? ""));
  }
}

describe("a killed process", () => {
  const start = async (): Promise<{ process: ChildProcess; endpoint: string }> => {
    const child = spawn(process.execPath, ["test/fixtures/messaging-process.ts", dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    closers.push(() => child.kill("SIGKILL"));
    const [line] = await once(child.stdout, "data");
    return { process: child, endpoint: String(line).trim() };
  };

  it("keeps every accepted message", async () => {
    const first = await start();
    const { sqs, url } = clientOf(first.endpoint);
    const acknowledged: string[] = [];
    const send = async (worker: number) => {
      for (let batch = 0; ; batch++) {
        const Entries = Array.from({ length: 10 }, (_, index) => ({
          Id: `${index}`,
          MessageBody: `${worker}-${batch}-${index}`,
        }));
        const { Successful = [] } = await sqs.send(
          new SendMessageBatchCommand({ QueueUrl: url("dead"), Entries }),
        );
        acknowledged.push(...Successful.map(({ Id }) => `${worker}-${batch}-${Id}`));
        if (acknowledged.length > 600) first.process.kill("SIGKILL");
      }
    };
    await Promise.allSettled([0, 1, 2, 3].map(send));

    const second = await start();

    const kept = new Set(await bodiesOf(second.endpoint, "dead"));
    expect(acknowledged.length).toBeGreaterThan(600);
    expect(acknowledged.filter((body) => !kept.has(body))).toEqual([]);
  });

  it("killed while messages move to the dead-letter queue has every message in one of the two queues", async () => {
    const first = await start();
    const { sqs, url } = clientOf(first.endpoint);
    const sent = Array.from({ length: 300 }, (_, index) => `m-${index}`);
    for (let at = 0; at < sent.length; at += 10) {
      const Entries = sent.slice(at, at + 10).map((body) => ({ Id: body, MessageBody: body }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: url("queue"), Entries }));
    }
    let receives = 0;
    const receive = async () => {
      for (;;) {
        await sqs.send(new ReceiveMessageCommand({ QueueUrl: url("queue"), MaxNumberOfMessages: 10 }));
        if (++receives === 40) first.process.kill("SIGKILL");
      }
    };
    await Promise.allSettled([receive(), receive(), receive()]);

    const second = await start();

    const source = await bodiesOf(second.endpoint, "queue");
    const dead = await bodiesOf(second.endpoint, "dead");
    expect(dead.length).toBeGreaterThan(0);
    expect([...source, ...dead].sort()).toEqual([...sent].sort());
  });
});

describe("kept messages", () => {
  const open = async (): Promise<Messaging> => {
    const messaging = await startMessaging({ region: REGION, dataDir });
    closers.push(() => messaging.close());
    return messaging;
  };
  const QUEUE: QueueSpec = {
    name: "queue",
    shortName: "queue",
    url: "http://127.0.0.1:1/000000000000/queue",
    arn: `arn:aws:sqs:${REGION}:000000000000:queue`,
    attributes: { VisibilityTimeout: "600" },
  };
  const provision = (messaging: Messaging, queue: QueueSpec = QUEUE) =>
    provisionMessaging(
      messaging,
      { queues: [queue], topics: [], subscriptions: [], topicDeliveries: [], buckets: ["bucket"] },
      REGION,
    );

  it("stay when their queue is provisioned again with changed settings", async () => {
    const first = await open();
    provision(first);
    const { sqs, url } = clientOf(first.endpoint);
    await sqs.send(new SendMessageCommand({ QueueUrl: url("queue"), MessageBody: "kept" }));
    await first.close();

    const second = await open();
    provision(second, { ...QUEUE, attributes: { VisibilityTimeout: "7" } });

    expect(second.queues.getQueueByName("queue")?.attributes["VisibilityTimeout"]).toBe("7");
    expect(await bodiesOf(second.endpoint, "queue")).toEqual(["kept"]);
  });

  it("stay in a queue that is no longer declared, which gets no others", async () => {
    const topic = { name: "topic", arn: `arn:aws:sns:${REGION}:000000000000:topic`, attributes: {} };
    const subscription = { path: "it", topicArn: topic.arn, endpoint: QUEUE.arn, attributes: {} };
    const start = async (queues: readonly QueueSpec[]) => {
      const messaging = await open();
      const subscriptions = queues.map(() => ({ ...subscription, protocol: "sqs" as const }));
      const model = { queues, topics: [topic], subscriptions, topicDeliveries: [], buckets: [] };
      provisionMessaging(messaging, model, REGION);
      return messaging;
    };
    const publish = async ({ endpoint }: Messaging, Message: string) => {
      const sns = new SNSClient({ endpoint, region: REGION, credentials: CREDENTIALS });
      closers.push(() => sns.destroy());
      await sns.send(new PublishCommand({ TopicArn: topic.arn, Message }));
    };
    const first = await start([QUEUE]);
    await publish(first, "kept");
    await first.close();

    const second = await start([]);
    await publish(second, "other");

    const bodies = await bodiesOf(second.endpoint, "queue");
    expect(bodies.map((body) => JSON.parse(body).Message)).toEqual(["kept"]);
  });

  it("can be made visible at once, and keep their receive count", async () => {
    const first = await open();
    provision(first);
    const { sqs, url } = clientOf(first.endpoint);
    const receive = async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url("queue"), MessageSystemAttributeNames: ["All"] }),
      );
      return Messages[0];
    };
    await sqs.send(new SendMessageCommand({ QueueUrl: url("queue"), MessageBody: "again" }));
    const message = await receive();
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url("queue"),
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    await first.close();

    const second = await open();

    const [ready] = second.queues.inspectQueue("queue")?.messages.ready ?? [];
    expect(ready).toMatchObject({ body: "again", approximateReceiveCount: 1 });
  });

  it("are still in flight after a restart, until their visibility ends", async () => {
    const first = await open();
    provision(first);
    const { sqs, url } = clientOf(first.endpoint);
    await sqs.send(new SendMessageCommand({ QueueUrl: url("queue"), MessageBody: "busy" }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: url("queue") }));
    await first.close();

    const second = await open();

    const { ready, inflight } = second.queues.inspectQueue("queue")?.messages ?? {};
    expect([ready?.length, inflight?.length]).toEqual([0, 1]);
  });
});

describe("the service", () => {
  it("J3: listens on loopback only", async () => {
    const messaging = await startMessaging({ region: REGION });
    closers.push(() => messaging.close());

    expect(new URL(messaging.endpoint).hostname).toBe("127.0.0.1");
  });
});

describe("K12: a database without free space", () => {
  const limit = (messaging: Messaging, pages: number) => {
    const database: unknown = Reflect.get(Object(messaging.queues.persistence), "db");
    (database as DatabaseSync).exec(`PRAGMA max_page_count = ${pages}`);
  };

  it("refuses every request, keeps accepted messages, and continues once there is space", async () => {
    const changes: boolean[] = [];
    const onWritable = (isWritable: boolean) => void changes.push(isWritable);
    const first = await startMessaging({ region: REGION, dataDir, onWritable });
    closers.push(() => first.close());
    const url = `${first.endpoint}/000000000000/q`;
    first.queues.createQueue("q", url, `arn:aws:sqs:${REGION}:000000000000:q`);
    const { sqs } = clientOf(first.endpoint);
    const accepted: string[] = [];
    const send = async (name: string) => {
      const MessageBody = name.padEnd(20_000, ".");
      await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
      accepted.push(MessageBody);
    };
    const refusal = (work: Promise<unknown>) =>
      work.then(
        () => "accepted",
        (error: { readonly $metadata?: { readonly httpStatusCode?: number } }) =>
          error.$metadata?.httpStatusCode,
      );

    await send("before");
    limit(first, 40);
    const statuses: unknown[] = [];
    for (let count = 0; statuses.at(-1) !== 503; count++)
      statuses.push(await refusal(send(`filling ${count}`)));
    const onceFull = [
      await refusal(send("full")),
      await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl: url }))),
    ];
    const sns = new SNSClient({
      endpoint: first.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
    closers.push(() => sns.destroy());
    const TopicArn = `arn:aws:sns:${REGION}:000000000000:t`;
    const published = await sns
      .send(new PublishCommand({ TopicArn, Message: "full" }))
      .catch((error: unknown) => error);
    limit(first, 1_000_000);
    await expect.poll(() => refusal(send("after")), { interval: 200 }).toBe("accepted");
    await first.close();
    const second = await startMessaging({ region: REGION, dataDir });
    closers.push(() => second.close());

    const bodies = [...second.queues.allQueues()].flatMap(({ messages }) => messages.map(({ body }) => body));
    expect(new Set(statuses)).toEqual(new Set(["accepted", 503]));
    expect(onceFull).toEqual([503, 503]);
    expect(published).toMatchObject({
      name: "ServiceUnavailable",
      message: expect.stringContaining("cannot be stored"),
      $metadata: { httpStatusCode: 503 },
    });
    expect(changes).toEqual([false, true]);
    // A refused message can be stored as well; its sender repeats it.
    expect(accepted.filter((body) => !bodies.includes(body))).toEqual([]);
    expect(accepted.at(-1)).toMatch(/^after/);
  });
});
