import { matches } from "../../../../functions/failures/domain/failure-groups.ts";
import type { RedriveJob } from "../../../../functions/failures/domain/redrive-job.ts";
import type { RepublishJob } from "../../../../functions/failures/domain/republish-job.ts";
import { decodeEvent } from "../../../../functions/orders/decode-event.ts";
import { eventOf } from "../../../../functions/orders/domain/order.ts";
import type { World } from "../simulated-system.ts";
import { holds } from "../violation.ts";

/** JOB: a job that is done has left out nothing that was there for it all the time. */
export function checkJobs(world: World): void {
  const { stale, skew, haste } = world.faultProfile;
  // Else a row may be written, or be seen, later than it says.
  if (stale + skew + haste > 0) return;
  for (const job of world.jobs.redrives.values()) if (job.status === "DONE") checkRedriven(world, job);
  for (const job of world.jobs.republishes.values()) if (job.status === "DONE") checkRepublished(world, job);
}

function checkRedriven({ tables }: World, job: RedriveJob): void {
  for (const row of tables.rows.failed.values()) {
    const isTheirs = row.status === "OPEN" && row.dueAt < job.startedAt && matches(row, job.filter);
    // A mail in doubt and what is no event are left to a person.
    const isSendable = row.consumer !== "notify-customer" && decodeEvent(row.body).kind === "message";
    holds(!isTheirs || !isSendable, "JOB", () => `${job.jobId} is done, and has left ${row.failedKey} open`);
  }
}

function checkRepublished({ tables, facts }: World, job: RepublishJob): void {
  for (const order of tables.rows.orders.values()) {
    if (order.status !== job.orderStatus || order.updatedAt > job.before) continue;
    const { id } = eventOf(order);
    // What the topic did not take is parked.
    const isDealtWith = facts.republished.has(id) || tables.rows.failed.has(`publish-events~${id}`);
    holds(isDealtWith, "JOB", () => `${job.jobId} is done, and has not published ${id}`);
  }
}
