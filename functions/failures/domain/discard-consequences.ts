import type { QueueConsumer } from "../../consumers/consumers.ts";
import type { Evidence } from "../../consumers/define-consumer.ts";
import { checkEffect, inputOf, knownConsumer, reachedBy } from "./effect-check.ts";
import type { FailedMessage } from "./failed-message.ts";

/** What stays undone when a message is discarded, one sentence each. Empty only where that is known to be nothing. */
export function discardConsequences(row: FailedMessage, evidence: Evidence): readonly string[] {
  const { order } = evidence;
  const consumer = knownConsumer(row);
  if (consumer === undefined) return [`What stays undone is not known for consumer ${row.consumer}.`];
  if (checkEffect(row, evidence).effect === "done") return [];
  if (order === undefined) return ["No order is known for this message: what stays undone is not known."];
  const undone = reachedBy(consumer, row).flatMap((reached) => {
    const input = inputOf(reached, order, evidence, row);
    return reached.effect.check(input).effect === "done" ? [] : reached.effect.undone(input);
  });
  switch (consumer) {
    case "publish-events":
      return [
        `${row.eventType} of order ${order.orderId} is not published: no consumer receives it.`,
        ...undone,
      ];
    case "publish-to-kafka":
      return [
        `${row.eventType} of order ${order.orderId} is not on the Kafka topic: no reader of the topic receives it.`,
        ...undone,
      ];
    case "publish-to-rabbitmq":
      return [
        `${row.eventType} of order ${order.orderId} is in no queue of RabbitMQ: no reader of it receives it.`,
        ...undone,
      ];
    case "order-events-kafka":
    case "order-events-rabbitmq":
      return undone;
    default:
      consumer satisfies QueueConsumer;
      return undone;
  }
}
