import { randomUUID } from "node:crypto";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { InvokeResult } from "../types.ts";

/** Why records were given up. */
export type GiveUpCondition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

export interface GivenUpBatch {
  readonly mappingId: string;
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly condition: GiveUpCondition;
  readonly invokeCount: number;
  readonly lastResult: InvokeResult | undefined;
  readonly event: DynamoDBStreamEvent;
  readonly at: Date;
}

const arrival = (record: DynamoDBRecord | undefined): string =>
  new Date((record?.dynamodb?.ApproximateCreationDateTime ?? 0) * 1000).toISOString();

/**
 * The object that Lambda writes to an S3 on-failure destination; `payload` is the whole invocation event.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const toDestinationObject = (batch: GivenUpBatch): { readonly key: string; readonly body: string } => {
  const at = batch.at.toISOString();
  const [first] = batch.event.Records;
  const last = batch.event.Records.at(-1);
  const day = at.slice(0, 10).replaceAll("-", "/");
  const second = at.slice(0, 19).replaceAll(":", ".");
  return {
    key: `aws/lambda/${batch.mappingId}/${batch.shardId}/${day}/${second}-${randomUUID()}`,
    body: JSON.stringify({
      requestContext: {
        requestId: randomUUID(),
        functionArn: batch.functionArn,
        condition: batch.condition,
        approximateInvokeCount: batch.invokeCount,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        functionError: batch.lastResult?.kind === "ok" ? "" : "Unhandled",
      },
      version: "1.0",
      timestamp: at,
      DDBStreamBatchInfo: {
        shardId: batch.shardId,
        startSequenceNumber: first?.dynamodb?.SequenceNumber,
        endSequenceNumber: last?.dynamodb?.SequenceNumber,
        approximateArrivalOfFirstRecord: arrival(first),
        approximateArrivalOfLastRecord: arrival(last),
        batchSize: batch.event.Records.length,
        streamArn: batch.streamArn,
      },
      payload: JSON.stringify(batch.event),
    }),
  };
};

/** The document for a queue or a topic, which has only the position of the records. */
export function withoutPayload(body: string): string {
  const { payload: _, ...document } = JSON.parse(body);
  return JSON.stringify(document);
}

/** Writes the object by S3's REST API in path style, which fauxqs requires. */
export const writeToBucket = async (
  endpoint: string,
  bucket: string,
  { key, body }: { readonly key: string; readonly body: string },
): Promise<void> => {
  const path = key.split("/").map(encodeURIComponent).join("/");
  const response = await fetch(`${endpoint}/${bucket}/${path}`, {
    method: "PUT",
    body,
    headers: { "content-type": "application/json" },
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`The bucket ${bucket} answered ${response.status}`);
};
