import { QUEUE_CONSUMERS } from "../../../../functions/consumers/consumers.ts";
import { KAFKA_CONSUMER, RABBITMQ_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import type { StoredJob } from "../../../../functions/failures/ports/job-store.ts";
import { bodyAbout } from "../cloud/kafka-destination.ts";
import type { Invocation, Scheduler } from "../engine/scheduler.ts";
import { assertInvariant } from "../violation.ts";

type Write = (row: FailedMessage, before: FailedMessage | undefined) => void;

/** Functions that write rows of their own only. */
const HANDLES_ITS_OWN: ReadonlySet<string> = new Set([
  ...QUEUE_CONSUMERS,
  KAFKA_CONSUMER,
  RABBITMQ_CONSUMER,
  "publish-events",
]);

/** I18: the permitted writes of the failed-message store by function and time. */
export function storeWrites(scheduler: Scheduler, jobs: ReadonlyMap<string, StoredJob>): Write {
  const senderOf = new Map<string, Invocation | undefined>();
  const openedBy = new Set<string>();

  function isOpenedAgain(row: FailedMessage, invocation: Invocation): boolean {
    const isIts = (body: string | undefined) => body === row.body || body === row.originalBody;
    const [delivery, another] = deliveriesOf(invocation).filter(({ body }) => isIts(body));
    if (delivery?.place === undefined || another !== undefined) return false;
    return openedBy.size === openedBy.add(`${row.failedKey} ${delivery.place}`).size;
  }

  return (row, before) => {
    const { failedKey, status, redriveId } = row;
    const invocation = scheduler.acting;
    const name = invocation?.name ?? "";
    const isOwn = !HANDLES_ITS_OWN.has(name) || row.consumer === name;
    assertInvariant(
      isOwn,
      "I18",
      () => `${name} has written ${failedKey}, which is the row of ${row.consumer}`,
    );
    if (status === "REDRIVEN" && redriveId !== undefined && before !== undefined) {
      senderOf.set(redriveId, invocation);
      assertInvariant(
        !isPastJobs(jobs, row, before),
        "I18",
        () => `a job redrives ${failedKey}, which was opened after its start`,
      );
    }
    if (status !== "OPEN") return;
    if (row.failures > (before?.failures ?? 0)) {
      const isAgain = invocation !== undefined && isOpenedAgain(row, invocation);
      assertInvariant(!isAgain, "I18", () => `one delivery has opened ${failedKey} twice`);
    } else if (before !== undefined && before.status !== "DISCARDED") {
      const isSender = before.status === "REDRIVEN" && senderOf.get(before.redriveId ?? "") === invocation;
      const isDue = row.reason === "NEVER_RETURNED" && Date.parse(before.dueAt) <= scheduler.now();
      assertInvariant(
        isSender || isDue,
        "I18",
        () => `${failedKey} is opened, and its message may still come`,
      );
    }
  };
}

/** What brokers deliver again. `place` names the delivery; a message of RabbitMQ without id and time has none. */
function deliveriesOf({ records = [], deliveries = [] }: Invocation) {
  return [
    ...records.map((one) => ({
      place: `${one.topic}-${one.partition}@${one.offset}`,
      body: bodyAbout(one),
    })),
    ...deliveries.map(({ id, messageId, headers, text: body }) => {
      const isNamed = messageId !== undefined && headers["sentAt"] !== undefined;
      return { place: isNamed ? `rabbitmq ${id}` : undefined, body };
    }),
  ];
}

/**
 * Whether a job with a filter redrives a row that was opened after the start of the job, as its own redrives are. Named
 * messages have their generation instead (`checkOperatorAction`): the clock of the function that opened one can be ahead.
 */
function isPastJobs(
  jobs: ReadonlyMap<string, StoredJob>,
  { history }: FailedMessage,
  before: FailedMessage,
): boolean {
  const job = [...jobs.values()].find(({ by }) => by === history.at(-1)?.by);
  const hasFilter = job !== undefined && "filter" in job;
  return hasFilter && before.dueAt > job.startedAt;
}
