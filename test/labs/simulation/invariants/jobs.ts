import { matches } from "../../../../functions/failures/domain/failure-groups.ts";
import type { RedriveJob } from "../../../../functions/failures/domain/redrive-job.ts";
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
  for (const job of system.jobs.redrives.values()) if (job.status === "DONE") checkRedriven(system, job);
  for (const job of system.jobs.republishes.values())
    if (job.status === "DONE") checkRepublished(system, job);
}

function checkRedriven({ tables }: SimulatedSystem, job: RedriveJob): void {
  for (const row of tables.rows.failed.values()) {
    const isTheirs = row.status === "OPEN" && row.dueAt < job.startedAt && matches(row, job.filter);
    // Uncertain mails and malformed messages are left to an operator.
    const isSendable = row.consumer !== "notify-customer" && decodeEvent(row.body).kind === "message";
    assertInvariant(
      !isTheirs || !isSendable,
      "JOB",
      () => `${job.jobId} is done, and has left ${row.failedKey} open`,
    );
  }
}

function checkRepublished({ tables, oracle }: SimulatedSystem, job: RepublishJob): void {
  for (const order of tables.rows.orders.values()) {
    if (order.status !== job.orderStatus || order.updatedAt > job.before) continue;
    const { id } = eventOf(order);
    // Refused events are parked.
    const isDealtWith = oracle.republished.has(id) || tables.rows.failed.has(`publish-events~${id}`);
    assertInvariant(isDealtWith, "JOB", () => `${job.jobId} is done, and has not published ${id}`);
  }
}
