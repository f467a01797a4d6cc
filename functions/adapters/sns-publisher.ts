import { GetTopicAttributesCommand, PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { LIMITS } from "../contract/limits.ts";
import { ATTRIBUTES } from "../contract/names.ts";
import type { Clock } from "../middleware/clock.ts";
import type { OutgoingEvent, Published, Topic } from "../publishing/ports/publisher.ts";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

/** Reserved before the deadline, to park refused events. */
const RESERVE_MS = 1_000;

interface Entry {
  readonly Id: string;
  readonly Message: string;
  readonly MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
}

export function snsClient(timeouts = CLIENT_TIMEOUTS): SNSClient {
  return new SNSClient(clientConfig(timeouts));
}

/**
 * Publishes in batches of up to 10 entries and 256 KiB, in sequence. It stops after a batch with a temporary refusal,
 * such as a throttle, because the stream delivers all records after the refused one again, published or not. An entry
 * that the reply does not name is refused.
 */
export function snsPublisher(client: SNSClient, topicArn: string, clock: Clock): Topic {
  return {
    async publish(events, deadline) {
      const late = new AbortController();
      const answered = new AbortController();
      if (deadline !== undefined) {
        const timeoutMs = deadline - RESERVE_MS - clock.now();
        void clock.sleep(timeoutMs, answered.signal).then(() => late.abort("late"));
      }
      const results: Published[] = [];
      for (const batch of batchesOf(events.map(entryOf))) {
        const answers = await publishBatch(client, topicArn, batch, late.signal);
        results.push(...answers);
        if (answers.some(mayEnd)) break;
      }
      answered.abort("answered");
      return results.length === events.length
        ? results
        : [...results, ...behind(events.slice(results.length))];
    },

    async checkExists() {
      await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    },
  };
}

function behind(events: readonly OutgoingEvent[]): Published[] {
  const error = new Error("Not published, because an event before it was refused.");
  return events.map(() => ({ kind: "refused", permanent: false, error }));
}

const mayEnd = (result: Published): boolean => result.kind === "refused" && !result.permanent;

function entryOf({ event, text = JSON.stringify(event) }: OutgoingEvent, index: number): Entry {
  return {
    Id: String(index),
    Message: text,
    MessageAttributes: { [ATTRIBUTES.type]: { DataType: "String", StringValue: event.type } },
  };
}

/** Bytes of an entry beside its message: the attribute's name, type and value. */
const ATTRIBUTE_BYTES = 64;

function* batchesOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.Message) + ATTRIBUTE_BYTES;
    if (batch.length === LIMITS.batchEntries || (batch.length > 0 && bytes + size > LIMITS.batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function publishBatch(
  client: SNSClient,
  topicArn: string,
  batch: readonly Entry[],
  abortSignal: AbortSignal,
): Promise<Published[]> {
  try {
    const { Successful, Failed } = await client.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: [...batch] }),
      { abortSignal },
    );
    const published = new Set((Successful ?? []).map(({ Id }) => Id));
    return batch.map(({ Id }) => {
      if (published.has(Id)) return { kind: "published" };
      const failed = Failed?.find((entry) => entry.Id === Id);
      return {
        kind: "refused",
        permanent: failed?.SenderFault === true,
        ...(isThrottle(failed?.Code) && { isThrottle: true }),
        error: new Error(
          `${failed?.Code ?? "NoAnswer"}: ${failed?.Message ?? "the reply does not name the entry"}`,
        ),
      };
    });
  } catch (cause) {
    const error = abortSignal.aborted ? new Error("SNS did not reply by the deadline.", { cause }) : cause;
    const { name } = Object(cause) as { readonly name?: unknown };
    return batch.map(() => ({
      kind: "refused",
      permanent: false,
      error,
      ...(isThrottle(name) && { isThrottle: true }),
    }));
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html */
function isThrottle(code: unknown): boolean {
  return typeof code === "string" && /^Thrott|^TooManyRequests|^RequestLimitExceeded/i.test(code);
}
