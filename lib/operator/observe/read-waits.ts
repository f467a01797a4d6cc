import type {
  Consumers,
  ConsumerView,
  FailedMessageView,
} from "../../../functions/contract/operator-answers.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { RECENT_MINUTES } from "./concerns.ts";
import { latestEventOf, type OrderWait, readersOf, waitsOf } from "./order-waits.ts";
import type { MetricsAnswer, QueueState, TimelineEntry } from "./view-types.ts";

/** Reads of the target; each may reject, and its part is then left out. */
export interface WaitReads {
  readonly consumers: () => Promise<Consumers>;
  readonly queues: () => Promise<readonly QueueState[]>;
  readonly metrics: (minutes: number) => Promise<MetricsAnswer>;
  readonly failedMessage: (failedKey: string) => Promise<FailedMessageView>;
}

/** Why an order is not decided, or its latest event has no outcome. */
export async function readWaits(
  reads: WaitReads,
  order: OrderView,
  entries: readonly TimelineEntry[] | undefined,
  now = Date.now(),
): Promise<readonly OrderWait[]> {
  const known = <Value>(read: Promise<Value>) => read.catch(() => undefined);
  const listed = await known(reads.consumers());
  const consumers: readonly ConsumerView[] = listed?.consumers ?? [];
  const event = latestEventOf(order);
  const [queues, metrics, ...failed] = await Promise.all([
    known(reads.queues()),
    known(reads.metrics(RECENT_MINUTES)),
    ...readersOf(order, consumers).map((name) => known(reads.failedMessage(`${name}~${event}`))),
  ]);
  const rows = failed.filter((row) => row !== undefined);
  return waitsOf({ order, entries, consumers, queues, metrics, failed: rows, now });
}
