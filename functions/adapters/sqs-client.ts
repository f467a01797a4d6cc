import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type AttributeValue, isBinary } from "../middleware/attributes.ts";
import type { Queues } from "../publishing/ports/queues.ts";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

export function sqsClientQueues(timeouts = CLIENT_TIMEOUTS): Queues {
  const client = new SQSClient(clientConfig(timeouts));

  return {
    async send({ queueUrl, body, attributes, delaySeconds }) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          DelaySeconds: delaySeconds,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [name, messageAttribute(value)]),
          ),
        }),
      );
    },

    async changeVisibility(queueUrl, entries) {
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: entries.map(({ receiptHandle, seconds }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
    },

    async backlog(queueUrl) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: ["ApproximateNumberOfMessages"],
        }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
  };
}

function messageAttribute(value: AttributeValue): MessageAttributeValue {
  if (typeof value === "string") return { DataType: "String", StringValue: value };
  return isBinary(value)
    ? { DataType: value.type, BinaryValue: Buffer.from(value.value, "base64") }
    : { DataType: value.type, StringValue: value.value };
}
