import type { Consumers, ConsumerView, FailedList } from "../../../functions/contract/operator-answers.ts";
import { isUnfinished } from "../../../functions/contract/order-status.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { RECENT_MINUTES } from "./concerns.ts";
import {
  failedMail,
  hasFinished,
  latestEventOf,
  mayBeFinished,
  type OrderWait,
  readersOf,
  waitsOf,
} from "./order-waits.ts";
import type { MetricsAnswer, QueueState, TimelineEntry } from "./view-types.ts";

/** Reads of the target; each may reject, and its part is then left out. */
export interface WaitReads {
  readonly consumers: () => Promise<Consumers>;
  readonly queues: () => Promise<readonly QueueState[]>;
  readonly metrics: (minutes: number) => Promise<MetricsAnswer>;
  /** Of one event, in any status. */
  readonly failedMessages: (event: string) => Promise<FailedList>;
}

/**
 * Why an order is unfinished, or its latest event has no outcome or its mail did not arrive. Reads no more than the
 * consumers of a finished order whose event each of them has finished.
 */
export async function readWaits(
  reads: WaitReads,
  order: OrderView,
  entries: readonly TimelineEntry[] | undefined,
  now = Date.now(),
): Promise<readonly OrderWait[]> {
  const known = <Value>(read: Promise<Value>) => read.catch(() => undefined);
  const listed = await known(reads.consumers());
  const consumers: readonly ConsumerView[] = listed?.consumers ?? [];
  const unfinished = readersOf(order, consumers).filter((name) => !hasFinished(name, { order, entries }));
  const mail = failedMail({ order, entries });
  if (!isUnfinished(order) && unfinished.length === 0) return mail;
  // They explain only what is certainly not finished.
  const isOld = !isUnfinished(order) && unfinished.every((name) => mayBeFinished(name, { order, entries }));
  const [queues, metrics, failed] = await Promise.all([
    isOld ? undefined : known(reads.queues()),
    isOld ? undefined : known(reads.metrics(RECENT_MINUTES)),
    known(reads.failedMessages(latestEventOf(order))),
  ]);
  const waits = waitsOf({ order, entries, consumers, queues, metrics, failed: failed?.items ?? [], now });
  return [...waits, ...mail];
}
