import { ended } from "../domain/job.ts";
import { eventOf, type Order } from "../domain/order.ts";
import { type RepublishJob, republishBreakerSays, republished } from "../domain/republish-job.ts";
import type { Jobs } from "../ports/jobs.ts";
import type { OrderSearch } from "../ports/order-search.ts";
import type { Published, Publisher } from "../ports/publisher.ts";
import { enqueueForKafka, KAFKA_PUBLISHER } from "./enqueue-for-kafka.ts";
import type { ActPorts } from "./operator-ports.ts";
import { type FailurePorts, failureLog } from "./record-failure.ts";
import { takeUp } from "./take-up.ts";

export type RepublishPorts = FailurePorts & {
  readonly orderSearch: OrderSearch;
  readonly republishJobs: Jobs<RepublishJob>;
  readonly publisher: Publisher;
} & Pick<ActPorts, "audit" | "queues" | "sourceQueues">;

const PAGE = 200;
/** How long a job rests when whoever worked on it died: past the longest run of a function that does. */
const LEASE_MS = 60_000;
const SAVE_EVERY_MS = 1_000;

/**
 * Takes up every job that nobody works on, side by side until the deadline, each at its own rate. The next minute
 * goes on. Rejects if one failed, once the others are through.
 */
export function runRepublishes(ports: RepublishPorts) {
  return async (deadline: number): Promise<{ published: number; refused: number }> => {
    const totals = { published: 0, refused: 0 };
    await takeUp(ports.republishJobs, ports.clock, async (before) => {
      const after = await runRepublishSlice(ports, before, deadline);
      totals.published += after.published - before.published;
      totals.refused += after.refused - before.refused;
    });
    return totals;
  };
}

/**
 * Works on a job until it has ended or the deadline comes, and answers with the job as it was left. How far it has
 * got is saved each second: after a crash the events of the last second are published once more, which changes
 * nothing, because an order's status tells a duplicate.
 */
export async function runRepublishSlice(
  ports: RepublishPorts,
  job: RepublishJob,
  deadline: number,
): Promise<RepublishJob> {
  const { clock } = ports;
  const begun = await save(ports, job, clock.now() + LEASE_MS);
  if (begun === undefined) return job;
  let current = begun;
  let savedAt = clock.now();
  const atOnce = Math.ceil(job.ratePerSecond / 10);
  for (;;) {
    const page = await ports.orderSearch.search({
      status: job.orderStatus,
      before: job.before,
      limit: PAGE,
      ...(current.after === undefined ? {} : { after: current.after }),
    });
    for (let i = 0; i < page.orders.length; i += atOnce) {
      const tickAt = clock.now();
      if (tickAt >= deadline) return (await save(ports, current, tickAt)) ?? current;
      const chunk = page.orders.slice(i, i + atOnce);
      const outcomes = await publishLatest(ports, chunk, job);
      current = republished(current, outcomes, chunk.at(-1)?.orderId ?? "");
      const because = republishBreakerSays(current);
      if (because !== undefined) return close(ports, current, because);
      if (clock.now() - savedAt >= SAVE_EVERY_MS) {
        const saved = await save(ports, current, clock.now() + LEASE_MS);
        if (saved === undefined) return current;
        current = saved;
        savedAt = clock.now();
      }
      await clock.sleep(Math.max(0, tickAt + (chunk.length / job.ratePerSecond) * 1_000 - clock.now()));
    }
    if (page.after === undefined) return close(ports, current);
    current = { ...current, after: page.after };
    if (clock.now() >= deadline) return (await save(ports, current, clock.now())) ?? current;
  }
}

/** What a backbone refuses is parked before the job goes on: the minute schedule publishes it when it can. */
async function publishLatest(
  ports: RepublishPorts,
  orders: readonly Order[],
  { jobId, by }: RepublishJob,
): Promise<RepublishJob["recent"]> {
  const events = orders.map(eventOf);
  const [answers, unsent] = await Promise.all([
    ports.publisher.publish(events),
    enqueueForKafka(ports, events),
  ]);
  return Promise.all(
    events.map(async (event, i) => {
      const refusals = [
        { consumer: "publish-events", error: refusalIn(answers[i]) },
        { consumer: KAFKA_PUBLISHER, error: unsent[i] },
      ].filter(({ error }) => error !== undefined);
      const { id: eventId, type: eventType, subject: orderId } = event;
      const facts = {
        body: JSON.stringify(event),
        attributes: { type: eventType },
        eventId,
        eventType,
        orderId,
      };
      for (const { consumer, error } of refusals)
        await failureLog(ports).park(
          { consumer, source: `republish ${jobId}`, ...facts },
          "PUBLISH_FAILED",
          error,
        );
      const outcome = refusals.length === 0 ? "published" : "refused";
      ports.audit({ act: "republish", jobId, eventId: event.id, by, outcome });
      return outcome;
    }),
  );
}

function refusalIn(answer: Published | undefined): unknown {
  if (answer === undefined) return new Error("The publisher gave no answer.");
  return answer.kind === "refused" ? answer.error : undefined;
}

async function close(ports: RepublishPorts, job: RepublishJob, because?: string): Promise<RepublishJob> {
  const stopped = ended(job, ports.clock.now(), because);
  return (await save(ports, stopped)) ?? stopped;
}

/** The job as saved, or `undefined` where somebody else has written it. */
async function save(
  ports: RepublishPorts,
  job: RepublishJob,
  dueAt?: number,
): Promise<RepublishJob | undefined> {
  const next: RepublishJob = {
    ...job,
    revision: job.revision + 1,
    writeId: ports.newId(),
    ...(dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() }),
  };
  return (await ports.republishJobs.put(next, job.revision)) ? next : undefined;
}
