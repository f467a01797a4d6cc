import type { Attributes, AttributeValue } from "../attributes.ts";
import { RETRY_ATTRIBUTES } from "../engine-names.ts";
import { recordsOf, type Transport, UnexpectedEvent } from "../transport.ts";

/** The call of SQS that the transport uses. */
export interface MessageVisibility {
  /** Sets when messages become visible again (seconds from now), up to 10 in a call. */
  changeVisibility(
    queueUrl: string,
    entries: readonly { readonly receiptHandle: string; readonly seconds: number }[],
  ): Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    readonly MessageGroupId?: string;
  };
  readonly messageAttributes: Readonly<Record<string, SqsAttribute>>;
  readonly eventSourceARN: string;
}

export interface SqsAttribute {
  readonly dataType?: string;
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
}

export interface PostponedMessage {
  readonly body: string;
  readonly attributes: Attributes;
  /** 0 to 900. */
  readonly delaySeconds: number;
}

export interface SqsOptions {
  /** Receives before the queue moves a message to its dead-letter queue; absent without one. */
  readonly maxReceiveCount?: number;
  /** Sends a postponed message to its queue. Without it, postponed messages are retried. */
  readonly enqueue?: (message: PostponedMessage) => Promise<void>;
  /** Sets the visibility of failed messages; without it the queue's own time-out applies. */
  readonly backOff?: { readonly queues: MessageVisibility; readonly queueUrl: string };
}

/** Amazon SQS, standard and FIFO. The response is `{batchItemFailures: [{itemIdentifier: messageId}]}`. */
export function sqs({
  maxReceiveCount = Number.POSITIVE_INFINITY,
  backOff,
  enqueue,
}: SqsOptions = {}): Transport<SqsRecord> {
  const attempt = (raw: SqsRecord) => Number(raw.attributes?.ApproximateReceiveCount) || 1;

  const attributesOf = (raw: SqsRecord): Attributes =>
    // The sender chooses names: `__proto__` must become a key like any other.
    Object.fromEntries(
      Object.entries(raw.messageAttributes ?? {}).flatMap(([name, attribute]) => {
        const value = attributeValue(attribute);
        return value === undefined ? [] : [[name, value]];
      }),
    );

  return {
    read(event) {
      const records = recordsOf(event, "aws:sqs") as readonly unknown[] as readonly SqsRecord[];
      for (const { messageId } of records) {
        if (typeof messageId !== "string" || messageId === "") {
          throw new UnexpectedEvent("A record has no messageId: it could not be reported as failed.");
        }
      }
      return records;
    },
    body: (raw) => String(raw.body ?? ""),
    source: (raw) => String(raw.eventSourceARN),
    attributes: attributesOf,
    isRetriedOrRedriven({ messageAttributes }) {
      return (
        typeof messageAttributes === "object" &&
        messageAttributes !== null &&
        (RETRY_ATTRIBUTES.dlqRetryCount in messageAttributes ||
          RETRY_ATTRIBUTES.redriveId in messageAttributes)
      );
    },
    sentAt: (raw) => Number(raw.attributes?.SentTimestamp),
    attempt,
    isLastAttempt: (raw) => attempt(raw) >= maxReceiveCount,
    // A standard queue accepts group ids for fairness among groups, but does not keep their order.
    lane: (raw) => (isFifo(raw) ? raw.attributes?.MessageGroupId : undefined),
    response: (_, failed) => ({
      batchItemFailures: failed.map((raw) => ({ itemIdentifier: raw.messageId })),
    }),
    ...(enqueue === undefined
      ? {}
      : {
          postpone: (raw, seconds) =>
            enqueue({
              body: raw.body,
              attributes: attributesOf(raw),
              delaySeconds: Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.round(seconds))),
            }),
        }),
    ...(backOff === undefined
      ? {}
      : { negativeAcknowledge: (returns) => changeVisibility(backOff, returns) }),
  };
}

function attributeValue(attribute: SqsAttribute | null | undefined): AttributeValue | undefined {
  const { dataType, stringValue, binaryValue } = attribute ?? {};
  if (typeof stringValue === "string") {
    const isText = typeof dataType !== "string" || dataType === "String";
    return isText ? stringValue : { type: dataType, value: stringValue };
  }
  if (typeof binaryValue !== "string") return undefined;
  return { type: typeof dataType === "string" ? dataType : "Binary", value: binaryValue };
}

/**
 * A message may be invisible for 12 hours from its receipt, of which the longest function uses a quarter of an hour.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const LONGEST_SECONDS = 12 * 3_600 - 900;

/** A visibility time-out that the queue accepts: a refused one may fail the whole call. */
function visibilityOf(seconds: number): number {
  return Math.round(Math.min(LONGEST_SECONDS, Math.max(0, seconds || 0)));
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const LONGEST_DELAY_SECONDS = 900;

const isFifo = ({ eventSourceARN }: SqsRecord) => String(eventSourceARN).endsWith(".fifo");

/** Entries in one ChangeMessageVisibilityBatch. */
const BATCH_ENTRIES = 10;

/** ReportBatchItemFailures disables the poller's own back-off, so each message gets a visibility time-out here. */
async function changeVisibility(
  { queues, queueUrl }: NonNullable<SqsOptions["backOff"]>,
  returns: readonly { readonly raw: SqsRecord; readonly seconds: number }[],
): Promise<void> {
  const calls: Promise<void>[] = [];
  for (let i = 0; i < returns.length; i += BATCH_ENTRIES) {
    const entries = returns.slice(i, i + BATCH_ENTRIES);
    calls.push(
      queues.changeVisibility(
        queueUrl,
        entries.map(({ raw, seconds }) => ({
          receiptHandle: raw.receiptHandle,
          seconds: visibilityOf(seconds),
        })),
      ),
    );
  }
  await Promise.all(calls);
}
