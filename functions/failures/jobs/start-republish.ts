import type { RepublishJobs, RepublishJobView, RepublishPreview } from "../../contract/operator-answers.ts";
import type { Republish } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import { isJobId, SHOWN_OF_JOBS } from "../domain/job.ts";
import { pick } from "../domain/pick.ts";
import { newRepublishJob, type RepublishJob } from "../domain/republish-job.ts";
import { latestEvent } from "../publish-again.ts";
import { runSlice } from "./run-jobs.ts";
import { type RepublishPorts, republishWork } from "./run-republishes.ts";

const SHOWN = [
  ...SHOWN_OF_JOBS,
  "orderStatus",
  "before",
  "published",
  "refused",
] as const satisfies readonly (keyof RepublishJob)[];

const RATE = 10;
const SAMPLES = 5;
const PAGE = 1_000;
/** The function has ten seconds: a small set is done by then. */
const FIRST_SLICE_MS = 5_000;
const DRY_RUN_MS = 6_000;
const EACH = 50;
const STATUSES: readonly RepublishJob["status"][] = ["RUNNING", "STOPPED", "DONE"];

/** The events that a republish would publish. Writes nothing. */
export function tryRepublish(ports: RepublishPorts) {
  return async (asked: Pick<Republish, "status" | "olderThanSeconds">): Promise<RepublishPreview> => {
    const { status, olderThanSeconds } = asked;
    const now = ports.clock.now();
    const before = new Date(now - olderThanSeconds * 1_000).toISOString();
    const samples: string[] = [];
    let total = 0;
    let after: string | undefined;
    do {
      const from = after === undefined ? {} : { after };
      const page = await ports.orderSearch.search({ status, before, limit: PAGE, ...from });
      const events = page.orders.map(latestEvent).filter((event) => event !== undefined);
      total += events.length;
      samples.push(...events.slice(0, SAMPLES - samples.length).map(({ id }) => id));
      after = page.after;
    } while (after !== undefined && ports.clock.now() < now + DRY_RUN_MS);
    return { dryRun: true, total, samples, isComplete: after === undefined };
  };
}

/**
 * Starts to publish the latest event of every order that has been in a status for a while, for events that were lost
 * from the stream. A small set is done when this resolves.
 */
export function startRepublish(ports: RepublishPorts) {
  return async (asked: Omit<Republish, "dryRun">, by: string): Promise<RepublishJobView> => {
    const { status: orderStatus, olderThanSeconds, ratePerSecond = RATE, why } = asked;
    const { clock } = ports;
    const jobId = ports.newId();
    const first = newRepublishJob(
      { jobId, orderStatus, olderThanSeconds, ratePerSecond, by, why },
      clock.now(),
    );
    await ports.republishJobs.put(first, undefined);
    ports.audit({ act: "republish many", jobId, by });
    try {
      return viewOfRepublish(await runSlice(republishWork(ports), first, clock.now() + FIRST_SLICE_MS));
    } catch {
      // The job is stored, and maintenance continues it.
      return viewOfRepublish((await ports.republishJobs.get(jobId)) ?? first);
    }
  };
}

/** One job. Throws a Problem where there is none. */
export function readRepublish({ republishJobs }: Pick<RepublishPorts, "republishJobs">) {
  return async (jobId: string): Promise<RepublishJobView> => {
    const job = isJobId(jobId) ? await republishJobs.get(jobId) : undefined;
    if (job !== undefined) return viewOfRepublish(job);
    throw new Problem("NOT_FOUND", { detail: `There is no republish ${jobId.slice(0, 64)}.` });
  };
}

/** The latest running jobs, then the latest stopped, then the latest done. */
export function listRepublishes({ republishJobs }: Pick<RepublishPorts, "republishJobs">) {
  return async (): Promise<RepublishJobs> => {
    const lists = await Promise.all(STATUSES.map((status) => republishJobs.list(status, EACH)));
    const byId = new Map(lists.flat().map((job) => [job.jobId, job]));
    return { republishes: [...byId.values()].map(viewOfRepublish) };
  };
}

function viewOfRepublish(job: RepublishJob): RepublishJobView {
  return pick(job, SHOWN);
}
