import { BROKER_EVENT_TYPES, declarationOf } from "../../../../functions/consumers/consumers.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { isBrokerPublisher } from "../cloud/consumers.ts";
import type { DeliveredMessage } from "../cloud/queue.ts";
import type { SimulatedSystem } from "../simulated-system.ts";

/**
 * A queue loses a message whose effect the order row shows. Of a retried or redriven message the failed-message table
 * shows the loss; of a mail nothing does.
 */
export function losableMessages({ queues, oracle }: SimulatedSystem): readonly (() => void)[] {
  return queues.flatMap(({ consumer, source }) => {
    if (!isBrokerPublisher(consumer) && declarationOf(consumer).alsoByBrokers !== true) return [];
    return [...source.messages].flatMap((message) => {
      const id = eventIn(message, (body) => oracle.eventOfBody(body));
      if (id === undefined || message.attributes[ATTRIBUTES.failedKey] !== undefined) return [];
      return [
        () => {
          oracle.purged.add(id);
          source.lose(message);
        },
      ];
    });
  });
}

function eventIn(
  { body }: DeliveredMessage,
  eventOfBody: (body: string) => string | undefined,
): string | undefined {
  const id = eventOfBody(body);
  return BROKER_EVENT_TYPES.some((type) => id?.endsWith(`:${type}`) === true) ? id : undefined;
}
