import type { Order } from "../../orders/domain/order.ts";
import type { OrderScan } from "../../orders/ports/order-scan.ts";
import { TOPIC_PUBLISHER } from "../../publishing/domain/publishers.ts";
import { unpublishedMessage } from "../domain/failed-message.ts";
import { type RepublishJob, recordRepublished, republishBreakerReason } from "../domain/republish-job.ts";
import type { ActPorts } from "../operator-ports.ts";
import { latestEvent, type PublishPorts, publishAgain } from "../publish-again.ts";
import { type FailurePorts, failureLog } from "../record-failure.ts";
import type { Work } from "./run-slice.ts";

export type RepublishPorts = FailurePorts & {
  readonly orderScan: OrderScan;
} & PublishPorts &
  Pick<ActPorts, "audit">;

const PAGE = 200;

/** An event that is published twice after a crash changes nothing: the order status shows the duplicate. */
export function republishWork(ports: RepublishPorts): Work<RepublishJob, Order> {
  return {
    async page(job) {
      const { status, before } = job.orders;
      const from = job.after === undefined ? {} : { after: job.after };
      const { orders, after } = await ports.orderScan.page({ status, before, limit: PAGE, ...from });
      const isBehind = orders.length === 0 && after !== undefined;
      return { job: isBehind ? { ...job, after } : job, items: orders, isLast: after === undefined };
    },
    async process(job, orders) {
      const last = orders.at(-1);
      if (last === undefined) return job;
      return recordRepublished(job, await publishLatest(ports, orders, job), last.orderId);
    },
    breakerReason: republishBreakerReason,
  };
}

/** An event that a backbone refuses is parked before the job continues; maintenance retries it. */
async function publishLatest(
  ports: RepublishPorts,
  orders: readonly Order[],
  { jobId, by }: RepublishJob,
): Promise<RepublishJob["recent"]> {
  const found = orders.map(latestEvent);
  const events = found.filter((event) => event !== undefined);
  const unreadable = orders.filter((_, i) => found[i] === undefined);
  const refusalsOf = await publishAgain(ports, events);
  const results = await Promise.all(
    events.map(async (event, i) => {
      const refusals = refusalsOf[i] ?? [];
      for (const { consumer, error } of refusals)
        await failureLog(ports).park(
          unpublishedMessage(event, { consumer, source: `republish ${jobId}` }),
          "PUBLISH_FAILED",
          error,
        );
      const outcome = refusals.length === 0 ? "published" : "refused";
      ports.audit({ act: "republish", jobId, eventId: event.id, by, outcome });
      return outcome;
    }),
  );
  for (const { orderId } of unreadable) {
    const row = { consumer: TOPIC_PUBLISHER, source: `republish ${jobId}`, attributes: {}, orderId };
    const body = JSON.stringify({ orderId });
    await failureLog(ports).park(
      { ...row, body },
      "INVALID_EVENT",
      new Error("The row is not that of an order."),
    );
    ports.audit({ act: "republish", jobId, orderId, by, outcome: "refused" });
  }
  return [...results, ...unreadable.map(() => "refused" as const)];
}
