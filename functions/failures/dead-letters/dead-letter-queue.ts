import type { DeadLetterSource } from "../../contract/failures.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { type Decoded, type Transport, UnexpectedEvent } from "../../middleware/transport.ts";
import { type SqsRecord, sqs } from "../../middleware/transports/sqs.ts";
import { decodeEvent } from "../../orders/decode-event.ts";
import { deadLetterFacts } from "./dead-letter-facts.ts";

/** A message in a dead-letter queue, and the queue that a retry goes to. */
export interface DeadLetter {
  readonly facts: MessageFacts;
  readonly queueUrl: string;
}

/** Its messages may carry the attributes of a redrive: moving one on must not resolve the row of that redrive. */
export function deadLetterQueue(): Transport<SqsRecord> {
  return { ...sqs({}), isRetriedOrRedriven: () => false };
}

/** Throws where the text is no list of sources, so that the function does not start without them. */
export function parseSources(text: string): readonly DeadLetterSource[] {
  const sources: unknown = JSON.parse(text);
  if (!Array.isArray(sources) || sources.length === 0) throw new Error("DEAD_LETTER_SOURCES names no queue.");
  return sources as readonly DeadLetterSource[];
}

/** Never malformed: any body is moved on, with the facts that can be read from it. Throws on a foreign queue. */
export function deadLetterDecoder(
  sources: readonly DeadLetterSource[],
): (raw: SqsRecord) => Decoded<DeadLetter> {
  const transport = sqs({});
  const byArn = new Map(sources.map((source) => [source.arn, source]));

  return (raw) => {
    const source = byArn.get(raw.eventSourceARN);
    if (source === undefined) throw new UnexpectedEvent(`No source is known for ${raw.eventSourceARN}.`);
    const facts = deadLetterFacts(source.consumer, transport, raw, decodeEvent(raw.body));
    const { eventId, eventType: type = "unknown" } = facts;
    return {
      kind: "message",
      message: { facts, queueUrl: source.queueUrl },
      type,
      lane: raw.messageId,
      ...(eventId === undefined ? {} : { eventId }),
      facts,
    };
  };
}
