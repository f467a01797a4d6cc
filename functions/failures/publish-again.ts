import { KAFKA_PUBLISHER } from "../contract/broker-names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import { eventOf, type Order } from "../orders/domain/order.ts";
import { TOPIC_PUBLISHER } from "../publishing/domain/publishers.ts";
import type { Publisher } from "../publishing/ports/publisher.ts";
import { refusalOf } from "../publishing/publish-transitions.ts";
import { enqueueForKafka } from "./enqueue-message.ts";
import type { ActPorts } from "./operator-ports.ts";

export type PublishPorts = { readonly publisher: Publisher } & Pick<ActPorts, "queues" | "sourceQueues">;

/** The publisher whose backbone refused an event. */
export interface BackboneRefusal {
  readonly consumer: string;
  readonly error: unknown;
}

/** Publishes events on every backbone, and returns the refusals of each: none where all accepted it. */
export async function publishAgain(
  ports: PublishPorts,
  events: readonly OrderEvent[],
): Promise<readonly (readonly BackboneRefusal[])[]> {
  if (events.length === 0) return [];
  const [answers, unsent] = await Promise.all([
    ports.publisher.publish(events.map((event) => ({ event }))),
    enqueueForKafka(ports, events),
  ]);
  return events.map((_, i) =>
    [
      { consumer: TOPIC_PUBLISHER, error: refusalOf(answers[i])?.error },
      { consumer: KAFKA_PUBLISHER, error: unsent[i] },
    ].filter(({ error }) => error !== undefined),
  );
}

/** The latest event of an order; `undefined` where another writer left a row that has none. */
export function latestEvent(order: Order): OrderEvent | undefined {
  try {
    const event: unknown = eventOf(order);
    return isOrderEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

/** The events that the row of an order holds, each once: all of the first one, and the latest one. */
export function eventsInRow(order: Order): readonly OrderEvent[] {
  const { reason: _, ...others } = order;
  const first = latestEvent({ ...others, status: "PENDING", version: 1, updatedAt: order.createdAt });
  const latest = latestEvent(order);
  const held = latest?.id === first?.id ? [latest] : [first, latest];
  return held.filter((event) => event !== undefined);
}
