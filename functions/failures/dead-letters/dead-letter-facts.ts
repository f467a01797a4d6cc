import type { OrderEvent } from "../../contract/schemas.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import type { Decoded, Transport } from "../../middleware/transport.ts";
import { eventFacts } from "../domain/failed-message.ts";

/** The facts that the consumer of a dead letter would have stored, as far as its content can be read. */
export function deadLetterFacts<Raw>(
  consumer: string,
  transport: Transport<Raw>,
  raw: Raw,
  content: Decoded<OrderEvent>,
): MessageFacts {
  return {
    consumer,
    source: transport.source(raw),
    body: transport.body(raw),
    attributes: transport.attributes(raw),
    ...eventFacts(content.kind === "message" ? content.message : undefined),
  };
}
