import { BROKER_EVENT_TYPES, declarationOf, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import {
  KAFKA_CONSUMER,
  KAFKA_PUBLISHER,
  RABBITMQ_CONSUMER,
  RABBITMQ_EVENT_TYPES,
  RABBITMQ_PUBLISHER,
} from "../../functions/contract/broker-names.ts";
import { EVENT_TYPES, type EventType } from "../../functions/contract/order-status.ts";
import type { Pausable } from "../../functions/contract/pausable.ts";
import type { Settings } from "../config.ts";
import { deployedConsumers } from "../settings/deployed-consumers.ts";
import { QUEUE_RETENTION_DAYS } from "../settings/queue-rules.ts";
import { recordAgeSeconds } from "./kafka-event-source-mappings.ts";
import { physicalName } from "./resource-names.ts";

const DAY_SECONDS = 86_400;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const STREAM_SECONDS = DAY_SECONDS;

/** The consumers and publishers of a deployment, each of which operators can pause. */
export function pausableConsumers(settings: Settings): readonly Pausable[] {
  const { backbones, processing, maxAgeSeconds, backlogLimit, rabbitmqMessageTtlSeconds } = settings;
  const of = (
    name: string,
    rest: Omit<Pausable, "name" | "functionName" | "expiresSeconds" | "processes">,
  ) => ({
    name,
    functionName: physicalName(settings, name),
    expiresSeconds: 0,
    processes: true,
    ...rest,
  });
  const inQueue = { waitsIn: "queue", keptSeconds: QUEUE_RETENTION_DAYS.source * DAY_SECONDS } as const;
  const inStream = { waitsIn: "stream", keptSeconds: STREAM_SECONDS } as const;
  const isByQueues = processing.includes("queues");
  const isByKafka = processing.includes("kafka");
  const isByRabbit = processing.includes("rabbitmq");
  const ofQueues = deployedConsumers(settings).map((name) => ({
    ...of(name, { ...inQueue, on: SUBSCRIPTIONS[name], finishes: isByQueues ? finishedBy(name) : [] }),
    expiresSeconds: maxAgeSeconds,
    ...(isByQueues && name === ADMITTED && { backlogLimit }),
  }));
  const ofKafka = [
    of(KAFKA_PUBLISHER, { ...inStream, on: EVENT_TYPES, finishes: isByKafka ? BROKER_EVENT_TYPES : [] }),
    {
      ...of(KAFKA_CONSUMER, {
        waitsIn: "topic",
        on: BROKER_EVENT_TYPES,
        keptSeconds: recordAgeSeconds(settings),
        finishes: BROKER_EVENT_TYPES,
      }),
      expiresSeconds: maxAgeSeconds,
      processes: isByKafka,
    },
  ];
  const ofRabbit = [
    of(RABBITMQ_PUBLISHER, {
      ...inQueue,
      on: RABBITMQ_EVENT_TYPES,
      finishes: isByRabbit ? BROKER_EVENT_TYPES : [],
    }),
    {
      ...of(RABBITMQ_CONSUMER, {
        waitsIn: "rabbitmq",
        on: BROKER_EVENT_TYPES,
        keptSeconds: rabbitmqMessageTtlSeconds,
        finishes: BROKER_EVENT_TYPES,
      }),
      expiresSeconds: maxAgeSeconds,
      processes: isByRabbit,
    },
  ];
  return [
    ...ofQueues,
    of("publish-events", {
      ...inStream,
      on: EVENT_TYPES,
      finishes: isByQueues || isByRabbit ? BROKER_EVENT_TYPES : [],
    }),
    ...(backbones.includes("kafka") ? ofKafka : []),
    ...(backbones.includes("rabbitmq") ? ofRabbit : []),
  ];
}

/** Its queue is the backlog by which new orders are refused. */
const ADMITTED = "order-created";

const finishedBy = (name: Parameters<typeof declarationOf>[0]): readonly EventType[] => {
  const { on, alsoByBrokers } = declarationOf(name);
  return alsoByBrokers === true ? on : [];
};
