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
import type { SqsRecord } from "../../../functions/middleware/transports/sqs.ts";
import { allOrNothing, bySource } from "../../../functions/middleware/wrap-handler.ts";
import { decodeRecord } from "../../../functions/orders/decode-record.ts";
import { processOrderEvents } from "../../../functions/orders/process-order-events.ts";
import type { RecordTopic } from "../../../functions/publishing/ports/publisher.ts";
import { publishMessages } from "../../../functions/publishing/publish-messages.ts";
import { publishTransitions, transitionDecoder } from "../../../functions/publishing/publish-transitions.ts";
import { queuedMessageDecoder, redriveQueue } from "../../../functions/publishing/redrive-queue.ts";
import { type HandleMany, type LambdaHandler, MAX_RECEIVE_COUNT, type Parts } from "./parts.ts";

/** The parts of the Kafka functions. A mutant exchanges one of them. */
export interface KafkaParts {
  readonly topic: RecordTopic;
  readonly transport: Transport<KafkaRecord>;
  readonly decode: (raw: KafkaRecord) => Decoded<OrderEvent>;
  readonly queueTransport: Transport<SqsRecord>;
  readonly decodeQueued: ReturnType<typeof queuedMessageDecoder>;
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
    topic,
    transport: kafka({ clock, mayBeLastAfterSeconds: 1_800 }),
    decode: decodeRecord,
    queueTransport: redriveQueue("publish-to-kafka", MAX_RECEIVE_COUNT),
    decodeQueued: queuedMessageDecoder("publish-to-kafka"),
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
  { topic, transport, decode, queueTransport, decodeQueued, deadLetters, observed }: KafkaParts,
  settings: { readonly maxAgeSeconds: number; readonly write: (text: string) => void },
): KafkaFunctions {
  const { clock } = parts.ports;
  const { write, maxAgeSeconds } = settings;
  const { "order-created": reserve, "order-cancelled": release } = parts.handlers;
  const name = "publish-to-kafka";
  const common = { name, failureLog: parts.failureLogOf(name), clock, write } as const;
  return {
    publishToKafka: parts.around(
      name,
      bySource({
        "aws:dynamodb": consumer({
          ...common,
          transport: parts.streamTransport,
          decode: transitionDecoder(parts.eventOf),
          handle: { many: publishTransitions({ publisher: topic, clock }) },
          settings: { giveUpAfterSeconds: 60 },
        }),
        "aws:sqs": consumer({
          ...common,
          transport: queueTransport,
          decode: decodeQueued,
          handle: { many: publishMessages({ topic }) },
        }),
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
