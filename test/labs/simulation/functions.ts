import { type QueueConsumer, SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import type { DeadLetterSource } from "../../../functions/contract/failures.ts";
import {
  deadLetterDecoder,
  deadLetterQueue,
} from "../../../functions/failures/dead-letters/dead-letter-queue.ts";
import { importCrashedBatches } from "../../../functions/failures/maintenance/import-crashed-batches.ts";
import { failureLog } from "../../../functions/failures/record-failure.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import { schedule } from "../../../functions/middleware/schedule.ts";
import { ignoreOtherTypes } from "../../../functions/orders/ignore-other-types.ts";
import { transitionDecoder } from "../../../functions/publishing/publish-transitions.ts";
import { type Api, apiOf } from "./api.ts";
import { ofEachConsumer } from "./cloud/consumers.ts";
import { type KafkaFunctions, kafkaFunctionsOf } from "./kafka-parts.ts";
import type { LambdaHandler, Parts } from "./parts.ts";
import { type RabbitFunctions, rabbitFunctionsOf } from "./rabbitmq-parts.ts";

export interface FunctionSettings {
  readonly queueUrlOf: (name: QueueConsumer) => string;
  readonly deadLetterSources: readonly DeadLetterSource[];
  readonly maxAgeSeconds: number;
  readonly write: (text: string) => void;
}

export interface Functions {
  readonly consumers: Readonly<Record<QueueConsumer, LambdaHandler>>;
  readonly publishEvents: LambdaHandler;
  readonly deadLetters: LambdaHandler;
  readonly maintenance: LambdaHandler;
  readonly api: Api;
  /** Absent where the broker is not deployed. */
  readonly kafka: KafkaFunctions | undefined;
  readonly rabbitmq: RabbitFunctions | undefined;
}

/** The functions as functions/handlers wires them, over the simulator's ports. */
export function functionsOf(parts: Parts, settings: FunctionSettings): Functions {
  const { clock } = parts.ports;
  const { write } = settings;

  const consumerOf = (name: QueueConsumer) =>
    parts.around(
      name,
      consumer({
        name,
        transport: parts.transportOf(name, settings.queueUrlOf(name)),
        decode: parts.decode,
        handle: { many: ignoreOtherTypes(SUBSCRIPTIONS[name], parts.handlers[name]) },
        failureLog: parts.failureLogOf(name),
        clock,
        write,
        settings: { concurrency: 10, maxAgeSeconds: settings.maxAgeSeconds, firstBackOffSeconds: 2 },
      }),
    );

  return {
    consumers: ofEachConsumer(consumerOf),
    publishEvents: parts.around(
      "publish-events",
      consumer({
        name: "publish-events",
        transport: parts.streamTransport,
        decode: transitionDecoder(parts.eventOf),
        handle: { many: parts.publish },
        failureLog: parts.failureLogOf("publish-events"),
        clock,
        write,
        settings: { giveUpAfterSeconds: 60 },
      }),
    ),
    deadLetters: parts.around(
      "dead-letters",
      consumer({
        name: "dead-letters",
        transport: deadLetterQueue(),
        decode: deadLetterDecoder(settings.deadLetterSources),
        handle: { one: ({ facts, queueUrl }) => parts.retryDeadLetter(facts, queueUrl) },
        failureLog: parts.failureLogOf("dead-letters"),
        clock,
        write,
      }),
    ),
    api: apiOf(parts, write),
    kafka: parts.kafka && kafkaFunctionsOf(parts, parts.kafka, settings),
    rabbitmq: parts.rabbitmq && rabbitFunctionsOf(parts, parts.rabbitmq, settings),
    maintenance: schedule({
      steps: [
        {
          import: importCrashedBatches({
            crashedBatches: parts.ports.crashedBatches,
            failureLog: failureLog(parts.failures),
            clock,
            audit: parts.ports.audit,
          }),
          watch: parts.watchUnfinished,
        },
        { publish: parts.retryParked },
        { sweep: parts.sweepFailed },
        { jobs: parts.jobs },
      ],
      metrics: () => ({}),
      clock,
      write,
    }),
  };
}
