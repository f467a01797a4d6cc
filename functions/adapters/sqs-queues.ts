import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Queues } from "../ports/queues.ts";

/**
 * Queues whose client is loaded on first use: most invocations of a consumer never send anything, and the
 * client is most of what a cold start would load.
 */
export function sqsQueues(): Queues {
  let loaded: Promise<{ sdk: typeof import("@aws-sdk/client-sqs"); client: SQSClient }> | undefined;
  const load = () => {
    loaded ??= import("@aws-sdk/client-sqs").then((sdk) => ({
      sdk,
      client: new sdk.SQSClient({
        maxAttempts: 3,
        requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
      }),
    }));
    return loaded;
  };

  return {
    async send({ queueUrl, body, attributes, delaySeconds }) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          DelaySeconds: delaySeconds,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [
              name,
              { DataType: "String", StringValue: value },
            ]),
          ),
        }),
      );
    },

    async changeVisibility(queueUrl, entries) {
      const { sdk, client } = await load();
      await client.send(
        new sdk.ChangeMessageVisibilityBatchCommand({
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
      const { sdk, client } = await load();
      const { Attributes } = await client.send(
        new sdk.GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: ["ApproximateNumberOfMessages"],
        }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
  };
}
