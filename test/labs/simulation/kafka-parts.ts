import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import {
  deadLetterTopic,
  deadRecordDecoder,
  parkDeadRecord,
} from "../../../functions/failures/dead-letters/dead-letter-topic.ts";
import type { Clock } from "../../../functions/middleware/clock.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import type { Decoded, Transport } from "../../../functions/middleware/transport.ts";
import { type KafkaRecord, kafka } from "../../../functions/middleware/transports/kafka.ts";

import { allOrNothing, bySource } from "../../../functions/middleware/wrap-handler.ts";
import { decodeRecord } from "../../../functions/orders/decode-record.ts";
import { processOrderEvents } from "../../../functions/orders/process-order-events.ts";
import type { RecordTopic } from "../../../functions/publishing/ports/publisher.ts";
import { publishTransitions, transitionDecoder } from "../../../functions/publishing/publish-transitions.ts";
import type { HandleMany, LambdaHandler, Parts } from "./parts.ts";
import { type QueuePublisherParts, queuePublisherOf, queuePublisherParts } from "./queue-publisher.ts";

/** The parts of the Kafka functions. A mutant exchanges one of them. */
export interface KafkaParts extends QueuePublisherParts {
  readonly transport: Transport<KafkaRecord>;
  readonly decode: (raw: KafkaRecord) => Decoded<OrderEvent>;
  /** Wraps the function that reads the dead-letter topic. */
  readonly deadLetters: (handler: LambdaHandler) => LambdaHandler;
  /** Wraps the handler of the records of a wave. */
  readonly observed: (handle: HandleMany<OrderEvent>) => HandleMany<OrderEvent>;
}

export function kafkaPartsOf(
  topic: RecordTopic,
  clock: Pick<Clock, "now">,
  observed: KafkaParts["observed"],
): KafkaParts {
  return {
    ...queuePublisherParts("publish-to-kafka", topic),
    transport: kafka({ clock, mayBeLastAfterSeconds: 1_800 }),
    decode: decodeRecord,
    deadLetters: allOrNothing,
    observed,
  };
}

export interface KafkaFunctions {
  readonly publishToKafka: LambdaHandler;
  readonly orderEventsKafka: LambdaHandler;
  readonly kafkaDeadLetters: LambdaHandler;
}

/** The Kafka functions as functions/handlers wires them. */
export function kafkaFunctionsOf(
  parts: Parts,
  kafkaParts: KafkaParts,
  settings: { readonly maxAgeSeconds: number; readonly write: (text: string) => void },
): KafkaFunctions {
  const { clock } = parts.ports;
  const { write, maxAgeSeconds } = settings;
  const { topic, transport, decode, deadLetters, observed } = kafkaParts;
  const { "order-created": reserve, "order-cancelled": release } = parts.handlers;
  const name = "publish-to-kafka";
  return {
    publishToKafka: parts.around(
      name,
      bySource({
        "aws:dynamodb": consumer({
          name,
          failureLog: parts.failureLogOf(name),
          clock,
          write,
          transport: parts.streamTransport,
          decode: transitionDecoder(parts.eventOf),
          handle: { many: publishTransitions({ publisher: topic, clock }) },
          settings: { giveUpAfterSeconds: 60 },
        }),
        "aws:sqs": queuePublisherOf(parts, name, kafkaParts, write),
      }),
    ),
    orderEventsKafka: parts.around(
      "order-events-kafka",
      consumer({
        name: "order-events-kafka",
        transport,
        decode,
        handle: { many: observed(processOrderEvents({ reserve, release })) },
        failureLog: parts.failureLogOf("order-events-kafka"),
        clock,
        write,
        settings: { maxAgeSeconds },
      }),
    ),
    kafkaDeadLetters: parts.around(
      "kafka-dead-letters",
      deadLetters(
        consumer({
          name: "kafka-dead-letters",
          transport: deadLetterTopic(),
          decode: deadRecordDecoder("order-events-kafka"),
          handle: { one: parkDeadRecord(parts.ports) },
          failureLog: parts.failureLogOf("kafka-dead-letters"),
          clock,
          write,
        }),
      ),
    ),
  };
}
