import { MESSAGE_ACTS } from "../../../../functions/contract/failures.ts";
import { matches } from "../../../../functions/failures/domain/failed-listing.ts";
import type { MessageJob } from "../../../../functions/failures/domain/message-job.ts";
import type { RepublishJob } from "../../../../functions/failures/domain/republish-job.ts";
import { decodeEvent } from "../../../../functions/orders/decode-event.ts";
import { eventOf } from "../../../../functions/orders/domain/order.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";

/** JOB: a finished job has skipped no row that matched all the time. */
export function checkJobs(system: SimulatedSystem): void {
  const { stale, skew, clockJump } = system.faultProfile;
  // With these faults a row can be written or listed later than its timestamp.
  if (stale + skew + clockJump > 0) return;
  for (const job of system.jobs.values()) {
    if (job.status !== "DONE") continue;
    if (job.act === "republish") checkRepublished(system, job);
    else checkActedOn(system, job);
  }
}

function checkActedOn({ tables }: SimulatedSystem, job: MessageJob): void {
  const status = MESSAGE_ACTS[job.act];
  for (const row of tables.rows.failed.values()) {
    const isTheirs =
      job.filter !== undefined &&
      row.status === status &&
      row.dueAt < job.startedAt &&
      matches(row, job.filter);
    // A redrive leaves uncertain mails and malformed messages to an operator.
    const isPossible =
      job.act !== "redrive" ||
      (row.consumer !== "notify-customer" && decodeEvent(row.body).kind === "message");
    assertInvariant(
      !isTheirs || !isPossible,
      "JOB",
      () => `${job.jobId} is done, and has left ${row.failedKey} ${status}`,
    );
  }
}

function checkRepublished({ tables, oracle }: SimulatedSystem, job: RepublishJob): void {
  for (const order of tables.rows.orders.values()) {
    if (order.status !== job.orders.status || order.updatedAt > job.orders.before) continue;
    const { id } = eventOf(order);
    // Refused events are parked.
    const isDealtWith = oracle.republished.has(id) || tables.rows.failed.has(`publish-events~${id}`);
    assertInvariant(isDealtWith, "JOB", () => `${job.jobId} is done, and has not published ${id}`);
  }
}
