import { recordsOf, type Transport, UnexpectedEvent } from "../transport.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html; images are DynamoDB attribute values. */
export interface StreamRecord {
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber: string;
  };
}

/**
 * A DynamoDB stream. Lambda continues at the lowest failed sequence number, so finished records after it are redelivered,
 * as duplicates.
 */
export function dynamoDbStream(): Transport<StreamRecord> {
  return {
    read(event) {
      const records = recordsOf(event, "aws:dynamodb") as readonly unknown[] as readonly StreamRecord[];
      for (const { dynamodb } of records) {
        if (typeof dynamodb?.SequenceNumber !== "string" || dynamodb.SequenceNumber === "") {
          throw new UnexpectedEvent("A record has no SequenceNumber: it could not be reported as failed.");
        }
      }
      return records;
    },
    body: (raw) => JSON.stringify(raw.dynamodb.NewImage ?? raw.dynamodb.Keys),
    source: (raw) => `${raw.eventSourceARN}@${raw.dynamodb.SequenceNumber}`,
    attributes: () => ({}),
    isRetriedOrRedriven: () => false,
    sentAt: (raw) => raw.dynamodb.ApproximateCreationDateTime * 1000,
    attempt: () => 1,
    isLastAttempt: () => false,
    lane: (raw) => JSON.stringify(raw.dynamodb.Keys),
    response(_, failed) {
      const [lowest] = failed.map((raw) => raw.dynamodb.SequenceNumber).sort(bySequence);
      return { batchItemFailures: lowest === undefined ? [] : [{ itemIdentifier: lowest }] };
    },
  };
}

/** Sequence numbers are decimal integers of up to 40 digits: the longer one is the larger. */
function bySequence(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
