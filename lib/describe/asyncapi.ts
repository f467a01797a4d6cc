import { BROKER_EVENT_TYPES, CONSUMERS } from "../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../../functions/consumers/define-consumer.ts";
import {
  KAFKA,
  KAFKA_CONSUMER,
  KAFKA_PUBLISHER,
  RABBITMQ,
  RABBITMQ_CONSUMER,
  RABBITMQ_EVENT_TYPES,
  RABBITMQ_PUBLISHER,
  RABBITMQ_QUEUES,
} from "../../functions/contract/broker-names.ts";
import { SERVICE } from "../../functions/contract/names.ts";
import { EVENT_TYPES } from "../../functions/contract/order-status.ts";
import { OrderEventSchema } from "../../functions/contract/schemas.ts";
import { exampleEvent } from "./example.ts";

/** Ids of channels hold no dots. */
const channelOf = (queue: string): string => queue.replaceAll(".", "-");
const nameOf = (type: string): string => type.replace(".", "-");

/** The messages of a channel, by name. */
const messagesOf = (types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [nameOf(type), { $ref: `#/components/messages/${nameOf(type)}` }]));

/** The channels as an AsyncAPI 3.0 document: one topic, the queue of each consumer, and those of Kafka and RabbitMQ. */
export function asyncapi(): object {
  const messages = messagesOf(EVENT_TYPES);
  const queues = CONSUMERS.map(({ name, does, on }: ConsumerDeclaration) => [
    name,
    {
      address: name,
      description: `An SQS queue that the topic delivers to, filtered by the attribute \`type\`. ${does}`,
      messages: messagesOf(on),
      bindings: { sqs: { queue: { name, fifoQueue: false } } },
    },
  ]);
  return {
    asyncapi: "3.0.0",
    info: {
      title: SERVICE,
      version: "1.0.0",
      description: "Facts about orders, as CloudEvents 1.0 in JSON.",
    },
    defaultContentType: "application/json",
    channels: {
      topic: {
        address: SERVICE,
        description: "The SNS topic.",
        messages,
        bindings: { sns: { name: SERVICE } },
      },
      ...Object.fromEntries(queues),
      kafka: {
        address: KAFKA.topic,
        description:
          "A Kafka topic, where Kafka is deployed. The key of a record is the order's id; the value is the same JSON. The header `content-type` marks a CloudEvent in structured mode.",
        messages,
        bindings: { kafka: { topic: KAFKA.topic, partitions: KAFKA.minimumPartitions } },
      },
      rabbitmq: {
        address: RABBITMQ.exchange,
        description:
          "An exchange of RabbitMQ, where RabbitMQ is deployed. The routing key of a message is its type; the body is the same JSON.",
        messages: messagesOf(RABBITMQ_EVENT_TYPES),
        bindings: {
          amqp: { is: "routingKey", exchange: { name: RABBITMQ.exchange, type: "direct", durable: true } },
        },
      },
      ...Object.fromEntries(
        Object.entries(RABBITMQ.queues).map(([type, queue]) => [
          channelOf(queue),
          {
            address: queue,
            description: `A quorum queue, bound to ${RABBITMQ.exchange} with the key ${type}.`,
            messages: messagesOf([type]),
            bindings: { amqp: { is: "queue", queue: { name: queue, durable: true, exclusive: false } } },
          },
        ]),
      ),
    },
    operations: {
      "publish-events": { action: "send", channel: { $ref: "#/channels/topic" } },
      [KAFKA_PUBLISHER]: { action: "send", channel: { $ref: "#/channels/kafka" } },
      [KAFKA_CONSUMER]: {
        action: "receive",
        channel: { $ref: "#/channels/kafka" },
        messages: BROKER_EVENT_TYPES.map((type) => ({ $ref: `#/channels/kafka/messages/${nameOf(type)}` })),
        bindings: { kafka: { groupId: { type: "string", enum: [KAFKA.consumerGroup] } } },
      },
      [RABBITMQ_PUBLISHER]: {
        action: "send",
        channel: { $ref: "#/channels/rabbitmq" },
        // Persistent, and returned where no queue is bound.
        bindings: { amqp: { deliveryMode: 2, mandatory: true } },
      },
      ...Object.fromEntries(
        RABBITMQ_QUEUES.map((queue) => [
          `${RABBITMQ_CONSUMER}-${channelOf(queue)}`,
          {
            action: "receive",
            channel: { $ref: `#/channels/${channelOf(queue)}` },
            bindings: { amqp: { ack: true } },
          },
        ]),
      ),
      ...Object.fromEntries(
        CONSUMERS.map(({ name, does }: ConsumerDeclaration) => [
          name,
          { action: "receive", channel: { $ref: `#/channels/${name}` }, summary: does },
        ]),
      ),
    },
    components: {
      messages: Object.fromEntries(
        EVENT_TYPES.map((type) => [
          nameOf(type),
          {
            name: type,
            bindings: {
              kafka: { key: { type: "string", description: "The order's id." } },
              amqp: { messageType: type },
            },
            headers: { type: "object", properties: { type: { const: type } }, required: ["type"] },
            payload: {
              allOf: [
                { $ref: "#/components/schemas/OrderEvent" },
                { type: "object", properties: { type: { const: type } } },
              ],
            },
            examples: [{ payload: exampleEvent(type) }],
          },
        ]),
      ),
      schemas: { OrderEvent: OrderEventSchema },
    },
  };
}
