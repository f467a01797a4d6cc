import { runJobs } from "../../../../functions/failures/jobs/run-jobs.ts";
import { retryParkedEvents } from "../../../../functions/failures/maintenance/retry-parked-events.ts";
import { watchUnfinishedOrders } from "../../../../functions/failures/maintenance/watch-unfinished-orders.ts";
import { jobOperations } from "../../../../functions/handlers/wiring/job-routes.ts";
import { DONE } from "../../../../functions/middleware/outcome.ts";
import { Problem } from "../../../../functions/middleware/problem.ts";
import { newOrder } from "../../../../functions/orders/domain/order.ts";
import { admission, placeOrder } from "../../../../functions/orders/order-commands.ts";
import { publishTransitions } from "../../../../functions/publishing/publish-transitions.ts";
import { NO_FAULTS } from "../fault-profile.ts";
import { MAX_PENDING_SECONDS, queueUrlOf } from "../parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inParts, withoutRefusals } from "./mutant.ts";

/** Mutants of the API, the stream and the topic. */
export const PUBLISHING_MUTANTS: readonly Mutant[] = [
  inParts("refusals of the topic are ignored", ({ ports: { publisher, clock } }) => ({
    publish: publishTransitions({ publisher: withoutRefusals(publisher), clock }),
  })),
  inParts("a parked event is resolved although the topic refused it again", ({ jobPorts }) => ({
    retryParked: retryParkedEvents({ ...jobPorts, publisher: withoutRefusals(jobPorts.publisher) }),
  })),
  inParts("the stream continues after its highest failure", ({ streamTransport }) => ({
    streamTransport: {
      ...streamTransport,
      response(_, failed) {
        const highest = failed.at(-1)?.dynamodb.SequenceNumber;
        return { batchItemFailures: highest === undefined ? [] : [{ itemIdentifier: highest }] };
      },
    },
  })),
  inParts("the stream continues after any failure", ({ streamTransport }) => ({
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
  inParts("the event of a cancelled order is not emitted", ({ eventOf }) => ({
    eventOf(images) {
      const event = eventOf(images);
      return event?.type === "order.cancelled" ? undefined : event;
    },
  })),
  inParts("maintenance publishes only the events of PENDING orders again", ({ ports, jobPorts }) => ({
    watchUnfinished: watchUnfinishedOrders({
      ...ports,
      sourceQueues: jobPorts.sourceQueues,
      maxPendingSeconds: MAX_PENDING_SECONDS,
      pausedEventTypes: async () => [],
      unfinishedOrders: {
        ...ports.unfinishedOrders,
        async waitingSince(before, cursor) {
          const page = await ports.unfinishedOrders.waitingSince(before, cursor);
          const rows = await ports.orders.getMany(page.orders.map(({ orderId }) => orderId));
          const orders = page.orders.filter(({ orderId }) => rows.get(orderId)?.status === "PENDING");
          return { ...page, orders };
        },
      },
    }),
  })),
  inParts("an order is accepted before it is written", ({ ports }) => ({
    async place(request, key) {
      const order = newOrder(request, key, ports.clock.now());
      void ports.orders.place(order).catch(() => undefined);
      return order;
    },
  })),
  inParts("a used key is accepted with another body", ({ ports }) => ({
    async place(request, key) {
      const order = newOrder(request, key, ports.clock.now());
      const placed = await ports.orders.place(order);
      return placed.kind === "exists" ? placed.order : order;
    },
  })),
  inParts("a repeat is refused while the backlog is long", ({ ports, place }) => ({
    async place(request, key, traceparent) {
      if ((await ports.queues.backlog(queueUrlOf("order-created"))) > 1) throw new Problem("BUSY");
      return place(request, key, traceparent);
    },
  })),
  inParts("orders are refused while the backlog is unknown", ({ ports }) => ({
    place: placeOrder({
      ...ports,
      admission: admission(
        {
          clock: ports.clock,
          backlog: () =>
            ports.queues.backlog(queueUrlOf("order-created")).catch(() => Number.POSITIVE_INFINITY),
        },
        10_000,
      ),
    }),
  })),
  {
    ...inParts("a result of the topic is applied to the next event", ({ publish }) => ({
      async publish(transitions, deadline) {
        const outcomes = await publish(transitions, deadline);
        const hole = transitions.findIndex(({ event }) => event === undefined);
        return outcomes.map((outcome, i) => (hole !== -1 && i > hole ? (outcomes[i - 1] ?? DONE) : outcome));
      },
    })),
    faultProfile: { ...NO_FAULTS, topic: 0.4, processing: ["queues", "kafka"] },
  },
  inParts("only the first event of a crashed batch is parked", ({ ports }) => ({
    ports: {
      ...ports,
      crashedBatches: {
        ...ports.crashedBatches,
        async read(key) {
          const batch = await ports.crashedBatches.read(key);
          return { ...batch, events: batch.events.slice(0, 1) };
        },
      },
    },
  })),
  {
    ...inParts("an event of a republish that the topic refuses is forgotten", ({ jobPorts, operations }) => {
      const forgetful = {
        ...jobPorts,
        failedMessages: { ...jobPorts.failedMessages, put: async () => true },
      };
      const { startJob } = jobOperations(forgetful);
      return { jobs: runJobs(forgetful), operations: { ...operations, startJob } };
    }),
    faultProfile: { ...NO_FAULTS, topic: 0.3, clockJump: 0.03, poison: 0.5, operators: 6 },
  },
  inParts("each attempt of a request creates an order", ({ place, ports }) => ({
    place: (request, key) => place(request, `${key}-${ports.newId()}`),
  })),
];
