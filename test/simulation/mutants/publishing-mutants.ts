import { newOrder } from "../../../functions/domain/order.ts";
import type { Publisher } from "../../../functions/ports/publisher.ts";
import { publishTransitions } from "../../../functions/use-cases/publish-transitions.ts";
import { republishParked } from "../../../functions/use-cases/republish-parked.ts";
import type { Mutant } from "../world.ts";
import { inParts } from "./mutant.ts";

const deaf = (publisher: Publisher): Publisher => ({
  async publish(events) {
    await publisher.publish(events);
    return events.map(() => ({ kind: "published" }));
  },
});

/** What must not happen between the API, the stream and the topic. */
export const PUBLISHING_MUTANTS: readonly Mutant[] = [
  inParts("refusals of the topic are not read", ({ ports: { publisher, clock } }) => ({
    publish: publishTransitions({ publisher: deaf(publisher), clock }),
  })),
  inParts("a parked event is resolved though the topic refused it again", ({ jobPorts }) => ({
    republish: republishParked({ ...jobPorts, publisher: deaf(jobPorts.publisher) }),
  })),
  inParts("the stream goes on after its highest failure", ({ streamTransport }) => ({
    streamTransport: {
      ...streamTransport,
      response(_, failed) {
        const highest = failed.at(-1)?.dynamodb.SequenceNumber;
        return { batchItemFailures: highest === undefined ? [] : [{ itemIdentifier: highest }] };
      },
    },
  })),
  inParts("the stream goes on after any failure", ({ streamTransport }) => ({
    streamTransport: { ...streamTransport, response: () => ({ batchItemFailures: [] }) },
  })),
  inParts("a crashed batch is removed before its events are parked", ({ ports }) => ({
    ports: {
      ...ports,
      crashedBatches: {
        ...ports.crashedBatches,
        async read(key) {
          const events = await ports.crashedBatches.read(key);
          await ports.crashedBatches.remove(key);
          return events;
        },
      },
    },
  })),
  inParts("a cancelled order's event is not emitted", ({ eventOf }) => ({
    eventOf(images) {
      const event = eventOf(images);
      return event?.type === "order.cancelled" ? undefined : event;
    },
  })),
  inParts("an order is accepted before it is written", ({ ports }) => ({
    async place(request, key) {
      const order = newOrder(request, key, ports.clock.now());
      void ports.orders.place(order).catch(() => undefined);
      return order;
    },
  })),
  inParts("a used key is answered whatever the body", ({ ports }) => ({
    async place(request, key) {
      const order = newOrder(request, key, ports.clock.now());
      const placed = await ports.orders.place(order);
      return placed.kind === "exists" ? placed.order : order;
    },
  })),
  inParts("each try of a request is an order of its own", ({ place, ports }) => ({
    place: (request, key) => place(request, `${key}-${ports.newId()}`),
  })),
];
