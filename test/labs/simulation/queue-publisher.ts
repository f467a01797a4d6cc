import { consumer } from "../../../functions/middleware/consumer.ts";
import type { Transport } from "../../../functions/middleware/transport.ts";
import type { SqsRecord } from "../../../functions/middleware/transports/sqs.ts";
import type { RecordTopic } from "../../../functions/publishing/ports/publisher.ts";
import { publishMessages } from "../../../functions/publishing/publish-messages.ts";
import { queuedMessageDecoder, redriveQueue } from "../../../functions/publishing/redrive-queue.ts";
import type { BrokerPublisher } from "./cloud/consumers.ts";
import { type LambdaHandler, MAX_RECEIVE_COUNT, type Parts } from "./parts.ts";

/** The parts of a function that publishes the messages of its queue to a broker. A mutant exchanges one of them. */
export interface QueuePublisherParts {
  readonly topic: RecordTopic;
  readonly queueTransport: Transport<SqsRecord>;
  readonly decodeQueued: ReturnType<typeof queuedMessageDecoder>;
}

export function queuePublisherParts(name: BrokerPublisher, topic: RecordTopic): QueuePublisherParts {
  return {
    topic,
    queueTransport: redriveQueue(name, MAX_RECEIVE_COUNT),
    decodeQueued: queuedMessageDecoder(name),
  };
}

/** The function as functions/handlers wires it. */
export function queuePublisherOf(
  parts: Parts,
  name: BrokerPublisher,
  { topic, queueTransport, decodeQueued }: QueuePublisherParts,
  write: (text: string) => void,
): LambdaHandler {
  return consumer({
    name,
    transport: queueTransport,
    decode: decodeQueued,
    handle: { many: publishMessages({ topic }) },
    failureLog: parts.failureLogOf(name),
    clock: parts.ports.clock,
    write,
  });
}
