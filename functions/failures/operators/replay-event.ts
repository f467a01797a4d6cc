import { isQueueConsumer, QUEUE_CONSUMERS, subscribersOf } from "../../consumers/consumers.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import type { ReplayAnswer } from "../../contract/operator-answers.ts";
import type { Replay } from "../../contract/operator-schemas.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import { type Order, orderIdOfEvent } from "../../orders/domain/order.ts";
import { readOrder } from "../../orders/order-commands.ts";
import { noTargetFor } from "../../publishing/domain/publishers.ts";
import { checkEffect } from "../domain/effect-check.ts";
import { type EvidencePorts, gatherEvidence } from "../gather-evidence.ts";
import type { ActPorts } from "../operator-ports.ts";
import { eventsInRow } from "../publish-again.ts";

type ReplayPorts = Pick<ActPorts, EvidencePorts | "queues" | "sourceQueues" | "audit">;

/**
 * Sends one event of an order to the queue of one consumer, as the topic did. An effect that is done is not repeated, as
 * with any second message of the event: the dry run reports it, where the tables show it. Throws a Problem.
 */
export function replayEvent(ports: ReplayPorts) {
  const read = readOrder(ports);
  return async (
    orderId: string,
    { type, consumer, why, dryRun }: Replay,
    by: string,
  ): Promise<ReplayAnswer> => {
    requireSubscriber(consumer, type);
    const event = eventOfType(await read(orderId), type);
    const queueUrl = ports.sourceQueues[consumer];
    if (queueUrl === undefined) throw new Problem("REPLAY_REFUSED", { detail: noTargetFor(consumer) });
    const answer = { orderId: event.subject, eventId: event.id, consumer };
    if (dryRun === true) {
      const because = await noEffectBecause(ports, event, consumer);
      return { ...answer, outcome: "would send", ...(because !== undefined && { because }) };
    }
    const attributes = { [ATTRIBUTES.type]: type };
    await ports.queues.send({ queueUrl, body: JSON.stringify(event), attributes, delaySeconds: 0 });
    ports.audit({ act: "replay", eventId: event.id, consumer, by, why, outcome: `sent to ${consumer}` });
    return { ...answer, outcome: "sent" };
  };
}

/** Why a further message has no effect or may have none; undefined where it is missing. */
async function noEffectBecause(
  ports: ReplayPorts,
  { id: eventId, type: eventType }: OrderEvent,
  consumer: string,
): Promise<string | undefined> {
  const judged = { consumer, eventId, eventType };
  const { effect, because } = checkEffect(judged, await gatherEvidence(ports, judged));
  if (effect === "missing") return undefined;
  return effect === "done"
    ? `the effect is done (${because}), so the consumer ignores it`
    : `whether the effect is done is unknown (${because})`;
}

function requireSubscriber(consumer: string, type: OrderEvent["type"]): void {
  if (!isQueueConsumer(consumer)) {
    const detail = `There is no consumer ${consumer}; there are ${QUEUE_CONSUMERS.join(", ")}.`;
    throw new Problem("INVALID_REQUEST", { detail, pointer: "/consumer" });
  }
  const subscribers = subscribersOf(type).map(({ name }) => name);
  if (!subscribers.includes(consumer)) {
    const detail = `${consumer} does not subscribe to ${type}; it goes to ${subscribers.join(", ") || "no consumer"}.`;
    throw new Problem("REPLAY_REFUSED", { detail });
  }
}

function eventOfType(order: Order, type: OrderEvent["type"]): OrderEvent {
  const held = eventsInRow(order);
  const found = held.find((event) => event.type === type);
  if (found !== undefined) return found;
  throw new Problem("REPLAY_REFUSED", {
    detail: `The order is ${order.status}: its row holds the events ${held.map((event) => event.type).join(" and ")}.`,
  });
}

/** The event with an id, as it was published. Throws a Problem. */
export function readEvent(ports: Pick<ActPorts, "orders">) {
  const read = readOrder(ports);
  return async (eventId: string): Promise<OrderEvent> => {
    const held = eventsInRow(await read(orderIdOfEvent(eventId) ?? eventId));
    const found = held.find(({ id }) => id === eventId);
    if (found !== undefined) return found;
    throw new Problem("NOT_FOUND", {
      detail: `There is no event ${eventId.slice(0, 200)} in the row of its order, which holds ${held.map(({ id }) => id).join(" and ")}.`,
    });
  };
}
