import { randomUUID } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import { awsJsonClient } from "../../../lib/emulator/event-sources/aws-json.ts";
import { REGION } from "./own-function.ts";
import type { Invocation, QueueRig, QueueSetup } from "./target.ts";

export interface MappedQueue {
  readonly url: string;
  readonly arn: string;
}

export interface QueueRigOptions {
  readonly name: string;
  readonly setup: QueueSetup;
  /** Of SQS. */
  readonly endpoint: string;
  readonly invocations: readonly Invocation<SQSRecord>[];
  /** Creates the mapping of the queue, or changes it. */
  readonly map: (queue: MappedQueue, setup: QueueSetup) => Promise<void>;
  /** Ends mapping and function. */
  readonly close: () => Promise<void>;
}

/** A queue and its dead-letter queue behind the API of SQS, on any server. */
export async function openQueueRig(options: QueueRigOptions): Promise<QueueRig> {
  const { name, setup } = options;
  const { call, close } = awsJsonClient(options.endpoint, "AmazonSQS", REGION);
  const attributesOf = async (url: string) =>
    (
      (await call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] })) as {
        readonly Attributes: Readonly<Record<string, string>>;
      }
    ).Attributes;
  const create = async (queueName: string, attributes: Readonly<Record<string, string>>) => {
    const input = {
      QueueName: `${queueName}${setup.fifo ? ".fifo" : ""}`,
      Attributes: { ...attributes, ...(setup.fifo ? { FifoQueue: "true" } : {}) },
    };
    const { QueueUrl: url } = (await call("CreateQueue", input)) as { readonly QueueUrl: string };
    return { url, arn: (await attributesOf(url))["QueueArn"] ?? "" };
  };
  const dead = await create(`${name}-dead`, {});
  const queue = await create(name, {
    VisibilityTimeout: String(setup.visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: setup.maxReceiveCount }),
  });

  return {
    invocations: options.invocations,
    send: async (bodies, group) => {
      for (const MessageBody of bodies) {
        const order =
          group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: randomUUID() };
        await call("SendMessage", { QueueUrl: queue.url, MessageBody, ...order });
      }
    },
    start: (changes = {}) => options.map(queue, { ...setup, ...changes }),
    depth: async () => {
      const attributes = await attributesOf(queue.url);
      return {
        waiting: Number(attributes["ApproximateNumberOfMessages"]),
        inFlight: Number(attributes["ApproximateNumberOfMessagesNotVisible"]),
      };
    },
    dead: async () => {
      const input = { QueueUrl: dead.url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
      const reply = (await call("ReceiveMessage", input)) as {
        readonly Messages?: { readonly Body: string }[];
      };
      return (reply.Messages ?? []).map(({ Body }) => Body).sort();
    },
    changeVisibility: async ({ receiptHandle }, seconds) => {
      const input = { QueueUrl: queue.url, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds };
      await call("ChangeMessageVisibility", input);
    },
    close: async () => {
      await options.close();
      close();
    },
  };
}
