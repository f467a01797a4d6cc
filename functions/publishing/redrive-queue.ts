import { ATTRIBUTES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import type { DecodedText, Transport } from "../middleware/transport.ts";
import { type SqsRecord, sqs } from "../middleware/transports/sqs.ts";
import { decodeEvent } from "../orders/decode-event.ts";
import { foreignAttributes } from "./domain/message-attributes.ts";

/** A copy on its way to the topic. */
export interface Copy {
  readonly event: OrderEvent;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * The queue through which copies reach a topic. A copy carries the mark of the row that waits for it: a row of
 * `owner` waits for the topic to take it; a row of the topic's consumer waits for that consumer, so handing it
 * on is not yet the effect.
 */
export function redriveQueue(owner: string, maxReceiveCount: number): Transport<SqsRecord> {
  const queue = sqs({ maxReceiveCount });
  return {
    ...queue,
    hasFailedBefore: (raw) => queue.hasFailedBefore(raw) && isOwn(owner, queue.attributes(raw)),
  };
}

/** The marks go along only where the topic's consumer is to resolve the row by them. */
export function queuedMessageDecoder(owner: string): (raw: SqsRecord) => DecodedText<Copy> {
  const queue = sqs({});
  return (raw) => {
    const content = decodeEvent(raw.body);
    if (content.kind === "malformed") return content;
    const all = queue.attributes(raw);
    const attributes = isOwn(owner, all) ? foreignAttributes(all) : all;
    return { ...content, message: { event: content.message, attributes } };
  };
}

/** A copy that does not say whose row waits for it can only be the owner's. */
function isOwn(owner: string, attributes: Readonly<Record<string, string>>): boolean {
  const key = attributes[ATTRIBUTES.failedKey];
  return key === undefined || key.startsWith(`${owner}~`);
}
