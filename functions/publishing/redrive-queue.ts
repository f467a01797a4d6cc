import { ATTRIBUTES } from "../contract/names.ts";
import { type Attributes, textOf } from "../middleware/attributes.ts";
import type { DecodedText, Transport } from "../middleware/transport.ts";
import { type SqsRecord, sqs } from "../middleware/transports/sqs.ts";
import { decodeEvent } from "../orders/decode-event.ts";
import { withoutRetryAttributes } from "./domain/message-attributes.ts";
import type { OutgoingRecord } from "./ports/publisher.ts";

/**
 * The queue through which redriven messages reach a topic. A message carries the key of its row. A row of `owner` is
 * resolved once the topic has the event; a row of the topic's consumer only by that consumer.
 */
export function redriveQueue(owner: string, maxReceiveCount: number): Transport<SqsRecord> {
  const queue = sqs({ maxReceiveCount });
  return {
    ...queue,
    isRetriedOrRedriven: (raw) => queue.isRetriedOrRedriven(raw) && isOwn(owner, queue.attributes(raw)),
  };
}

/** The redrive attributes travel on only where the topic's consumer resolves the row. */
export function queuedMessageDecoder(owner: string): (raw: SqsRecord) => DecodedText<OutgoingRecord> {
  const queue = sqs({});
  return (raw) => {
    const content = decodeEvent(raw.body);
    if (content.kind === "malformed") return content;
    const all = queue.attributes(raw);
    const attributes = isOwn(owner, all) ? withoutRetryAttributes(all) : all;
    return { ...content, message: { event: content.message, text: raw.body, attributes } };
  };
}

/** A message without a row key can only be the owner's. */
function isOwn(owner: string, attributes: Attributes): boolean {
  const key = textOf(attributes, ATTRIBUTES.failedKey);
  return key === undefined || key.startsWith(`${owner}~`);
}
