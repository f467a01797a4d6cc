import { randomUUID } from "node:crypto";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { PARKED_ATTRIBUTES, RETRY_ATTRIBUTES } from "../../../functions/middleware/engine-names.ts";

/** A dead-letter queue, and the queue that moves its messages there. */
export interface DeadLetterQueue {
  readonly queue: string;
  readonly source: string;
  readonly messages: number;
}

interface Found extends DeadLetterQueue {
  readonly url: string;
  readonly sourceUrl: string;
}

/** The client for an emulator, which accepts any credentials. */
export function emulatorSqs(endpoint: string, region: string): SQSClient {
  return new SQSClient({
    endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
}

/** Every queue that another one names as its dead-letter queue, by name. */
export async function findDeadLetterQueues(sqs: SQSClient): Promise<readonly Found[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const all = await Promise.all(QueueUrls.map((url) => describe(sqs, url)));
  return all
    .flatMap(({ url: sourceUrl, name: source, deadLetterArn }): Found[] => {
      const dead = all.find(({ arn }) => arn === deadLetterArn);
      if (dead === undefined) return [];
      return [{ queue: dead.name, source, messages: dead.messages, url: dead.url, sourceUrl }];
    })
    .sort((one, other) => one.queue.localeCompare(other.queue));
}

async function describe(sqs: SQSClient, url: string) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
  );
  const policy: unknown = JSON.parse(Attributes["RedrivePolicy"] ?? "{}");
  return {
    url,
    arn: Attributes["QueueArn"],
    name: String(Attributes["QueueArn"]).split(":").at(-1) ?? url,
    messages: Number(Attributes["ApproximateNumberOfMessages"] ?? 0),
    deadLetterArn: (policy as { deadLetterTargetArn?: string }).deadLetterTargetArn,
  };
}

/** As many as a queue hands out at once. */
const RECEIVED_AT_ONCE = 10;
/** Long enough to send a message and delete it. */
const HIDDEN_SECONDS = 30;

/**
 * Sends the messages of a dead-letter queue to their source queue, at most as many as it held at the beginning: one
 * that fails again meanwhile stays. A message is deleted once it is sent, so an interruption may cause a
 * duplicate, never a loss. Resolves to the number of redriven messages.
 */
export async function redriveQueue(sqs: SQSClient, { url, sourceUrl, messages }: Found): Promise<number> {
  const redriveId = randomUUID();
  let moved = 0;
  while (moved < messages) {
    const received = await receive(sqs, url, Math.min(RECEIVED_AT_ONCE, messages - moved));
    if (received.length === 0) break;
    for (const message of received) {
      await redriveOne(sqs, message, { url, sourceUrl, redriveId });
      moved += 1;
    }
  }
  return moved;
}

async function redriveOne(
  sqs: SQSClient,
  { Body, MessageAttributes = {}, ReceiptHandle }: Message,
  { url, sourceUrl, redriveId }: Pick<Found, "url" | "sourceUrl"> & { readonly redriveId: string },
): Promise<void> {
  const { [PARKED_ATTRIBUTES.reason]: _, [PARKED_ATTRIBUTES.error]: __, ...own } = MessageAttributes;
  const marked = { ...own, [RETRY_ATTRIBUTES.redriveId]: { DataType: "String", StringValue: redriveId } };
  // A queue takes ten attributes; those of the message are worth more than the mark.
  const attributes = Object.keys(marked).length > 10 ? own : marked;
  await sqs.send(
    new SendMessageCommand({ QueueUrl: sourceUrl, MessageBody: Body, MessageAttributes: attributes }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
}

/** One message of a dead-letter queue. `reason` is that of a parked message. */
export interface DeadMessage {
  readonly reason: string;
  readonly error: string | undefined;
  readonly body: string;
}

/** The first messages of a dead-letter queue, up to ten. They are hidden for the moment of this call. */
export async function peek(sqs: SQSClient, { url }: Pick<Found, "url">): Promise<readonly DeadMessage[]> {
  const received = await receive(sqs, url, RECEIVED_AT_ONCE);
  await Promise.all(
    received.map(({ ReceiptHandle }) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 })),
    ),
  );
  return received.map(({ Body = "", MessageAttributes = {} }) => ({
    reason: MessageAttributes[PARKED_ATTRIBUTES.reason]?.StringValue ?? "RETRIES_EXHAUSTED",
    error: MessageAttributes[PARKED_ATTRIBUTES.error]?.StringValue,
    body: Body,
  }));
}

/** Without waiting: a queue's own long poll would hold the command where it is empty. */
async function receive(sqs: SQSClient, url: string, count: number): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: count,
      MessageAttributeNames: ["All"],
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: 0,
    }),
  );
  return Messages;
}
