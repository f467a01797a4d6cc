import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { StreamPublisher } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import type { CrashedBatches } from "../failures/ports/crashed-batches.ts";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";
import { eventOfStreamRecord, imageText, type StreamImages } from "./order-row.ts";

export function s3Client(timeouts = CLIENT_TIMEOUTS): S3Client {
  return new S3Client(clientConfig(timeouts));
}

/**
 * The objects that the stream's event source mapping writes on failure: `payload` is the invocation's event.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function s3CrashedBatches(client: S3Client, bucket: string): CrashedBatches {
  return {
    async list(limit) {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: limit }));
      return (Contents ?? []).flatMap(({ Key }) => Key ?? []);
    },
    async read(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const { payload, requestContext } = JSON.parse((await Body?.transformToString()) ?? "") as {
        payload: unknown;
        requestContext?: { functionArn?: unknown };
      };
      const event = typeof payload === "string" ? (JSON.parse(payload) as unknown) : payload;
      const { Records } = event as { Records: { dynamodb: StreamImages }[] };
      return { consumer: publisherIn(requestContext?.functionArn), ...contentOf(Records) };
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

function contentOf(records: readonly { readonly dynamodb: StreamImages }[]) {
  const events: OrderEvent[] = [];
  const unreadable: string[] = [];
  for (const { dynamodb } of records) {
    try {
      const event = eventOfStreamRecord(dynamodb);
      if (event !== undefined) events.push(event);
    } catch {
      unreadable.push(imageText(dynamodb.NewImage));
    }
  }
  return { events, unreadable };
}

/** The stream has two readers. The name of a function ends with its consumer, in every stage. */
function publisherIn(functionArn: unknown): StreamPublisher {
  const [, , , , , , name = ""] = String(functionArn).split(":");
  return name.endsWith("publish-to-kafka") ? "publish-to-kafka" : "publish-events";
}
