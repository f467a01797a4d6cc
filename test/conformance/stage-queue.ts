import { randomUUID } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import { awsJsonClient } from "../../lib/local/mappings/aws-json.ts";
import { startSqsMapping } from "../../lib/local/mappings/sqs-mapping.ts";
import type { RunningMapping } from "../../lib/local/types.ts";
import { hostFor, REGION } from "./stage-function.ts";
import type { Invocation, QueueRig, QueueSetup } from "./target.ts";

interface StageQueueOptions {
  readonly name: string;
  readonly setup: QueueSetup;
  readonly endpoint: string;
  readonly watched: { readonly url: string; readonly invocations: readonly Invocation<SQSRecord>[] };
}

const arnOf = (name: string) => `arn:aws:sqs:${REGION}:000000000000:${name}`;

export async function stageQueue({ name, setup, endpoint, watched }: StageQueueOptions): Promise<QueueRig> {
  const { call, close } = awsJsonClient(endpoint, "AmazonSQS", REGION);
  const fifo = setup.fifo ? { FifoQueue: "true" } : {};
  const create = async (queueName: string, attributes: Readonly<Record<string, string>>) => {
    const input = { QueueName: queueName, Attributes: { ...attributes, ...fifo } };
    return ((await call("CreateQueue", input)) as { readonly QueueUrl: string }).QueueUrl;
  };
  const suffix = setup.fifo ? ".fifo" : "";
  const deadUrl = await create(`${name}-dead${suffix}`, {});
  const queueUrl = await create(`${name}${suffix}`, {
    VisibilityTimeout: String(setup.visibilitySeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arnOf(`${name}-dead${suffix}`),
      maxReceiveCount: setup.maxReceiveCount,
    }),
  });
  const host = hostFor(name, watched.url, setup);
  const mappings: RunningMapping[] = [];

  return {
    invocations: watched.invocations,
    send: async (bodies, group) => {
      for (const MessageBody of bodies) {
        const order =
          group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: randomUUID() };
        await call("SendMessage", { QueueUrl: queueUrl, MessageBody, ...order });
      }
    },
    start: async (changes = {}) => {
      const { batchSize, windowSeconds, reportBatchItemFailures, enabled, maximumConcurrency } = {
        ...setup,
        ...changes,
      };
      mappings.push(
        startSqsMapping({
          spec: {
            kind: "sqs",
            functionName: name,
            queueUrl,
            queueArn: arnOf(`${name}${suffix}`),
            batchSize,
            windowSeconds,
            reportBatchItemFailures,
            enabled,
            maximumConcurrency,
          },
          host,
          endpoint,
          region: REGION,
        }),
      );
    },
    depth: async () => {
      const reply = (await call("GetQueueAttributes", { QueueUrl: queueUrl, AttributeNames: ["All"] })) as {
        readonly Attributes: Readonly<Record<string, string>>;
      };
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = reply.Attributes;
      return {
        waiting: Number(ApproximateNumberOfMessages),
        inFlight: Number(ApproximateNumberOfMessagesNotVisible),
      };
    },
    dead: async () => {
      const input = { QueueUrl: deadUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
      const reply = (await call("ReceiveMessage", input)) as {
        readonly Messages?: { readonly Body: string }[];
      };
      return (reply.Messages ?? []).map(({ Body }) => Body).sort();
    },
    changeVisibility: async ({ receiptHandle }, seconds) => {
      await call("ChangeMessageVisibility", {
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
    },
    close: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await host.close();
      close();
    },
  };
}
