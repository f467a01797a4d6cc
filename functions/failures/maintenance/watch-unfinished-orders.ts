import { CONSUMER_NAMES, declarationOf, isQueueConsumer } from "../../consumers/consumers.ts";
import { failedKeyOfEvent } from "../../contract/failures.ts";
import { type EventType, isUnfinished } from "../../contract/order-status.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import type { Clock } from "../../middleware/clock.ts";
import type { OrderStore } from "../../orders/ports/order-store.ts";
import type { UnfinishedOrder, UnfinishedOrders } from "../../orders/ports/unfinished-orders.ts";
import type { ActPorts } from "../operator-ports.ts";
import { latestEvent, type PublishPorts, publishAgain } from "../publish-again.ts";
import type { FailurePorts } from "../record-failure.ts";

export type WatchPorts = PublishPorts & {
  readonly unfinishedOrders: UnfinishedOrders;
  readonly orders: Pick<OrderStore, "getMany">;
  readonly clock: Clock;
  readonly maxPendingSeconds: number;
  /** The types of the events whose effect on orders waits for a paused consumer. */
  readonly pausedEventTypes: () => Promise<readonly EventType[]>;
} & Pick<FailurePorts, "failedMessages"> &
  Pick<ActPorts, "audit">;

/** Read and published together: one read takes 100 rows. */
const AT_ONCE = 100;
/** In one run: a backlog must not be doubled by what waits in it. */
const MOST_CHECKED = 1_000;
const LONGEST_INTERVAL_MS = 3_600_000;

/**
 * Counts the orders that stay unfinished past `maxPendingSeconds`. Checks each at once, then each time that it has waited
 * twice as long, at least each hour: where neither a failed message nor a paused consumer explains it, its latest event is
 * published again. A second event changes nothing, because the order row shows the duplicate. The next run repeats an event
 * that a backbone refused.
 */
export function watchUnfinishedOrders(ports: WatchPorts) {
  const { unfinishedOrders, clock } = ports;
  return async (deadline: number): Promise<{ unfinished: number; published: number; refused: number }> => {
    const totals = { unfinished: 0, published: 0, refused: 0 };
    const before = new Date(clock.now() - ports.maxPendingSeconds * 1_000).toISOString();
    let checked = 0;
    let cursor: string | undefined;
    do {
      const page = await unfinishedOrders.waitingSince(before, cursor);
      cursor = page.cursor;
      totals.unfinished += page.orders.length;
      const due = page.orders.filter((order) => isDue(order, clock.now())).slice(0, MOST_CHECKED - checked);
      checked += due.length;
      for (let i = 0; i < due.length && clock.now() <= deadline; i += AT_ONCE) {
        const { published, refused, finished } = await check(ports, due.slice(i, i + AT_ONCE), before);
        totals.published += published;
        totals.refused += refused;
        totals.unfinished -= finished;
      }
    } while (cursor !== undefined && clock.now() <= deadline);
    return totals;
  };
}

/** The first time, then each time the wait of the order has doubled since the last time, at least each hour. */
function isDue({ since, checkedAt }: UnfinishedOrder, now: number): boolean {
  if (checkedAt === undefined) return true;
  const last = Date.parse(checkedAt);
  return now - last >= Math.min(LONGEST_INTERVAL_MS, last - Date.parse(since));
}

async function check(ports: WatchPorts, found: readonly UnfinishedOrder[], before: string) {
  const rows = await ports.orders.getMany(found.map(({ orderId }) => orderId));
  const unfinished = [...rows.values()].filter((row) => isUnfinished(row) && row.updatedAt <= before);
  const waiting = unfinished.flatMap((order) => {
    const event = latestEvent(order);
    return event === undefined ? [] : [{ order, event }];
  });
  const isExplained = await explained(
    ports,
    waiting.map(({ event }) => event),
  );
  const lost = waiting.filter(({ event }) => !isExplained(event));
  const refusals = await publishAgain(
    ports,
    lost.map(({ event }) => event),
  );
  const published = lost.filter((_, i) => refusals[i]?.length === 0);
  const now = ports.clock.now();
  const checked = [...waiting.filter(({ event }) => isExplained(event)), ...published];
  await Promise.all(checked.map(({ order }) => ports.unfinishedOrders.markChecked(order, now)));
  for (const { event } of published)
    ports.audit({ act: "republish", eventId: event.id, by: "maintenance", outcome: "published" });
  return {
    published: published.length,
    refused: lost.length - published.length,
    finished: found.length - unfinished.length,
  };
}

/** Publishers, and the consumers that change orders: their failed messages explain an unfinished order. */
export const FINISHING: readonly string[] = CONSUMER_NAMES.filter(
  (name) => !isQueueConsumer(name) || declarationOf(name).alsoByBrokers,
);

/**
 * Whether a paused consumer or a failed message explains why the order of an event is not finished: the message is retried,
 * waits for an operator or was discarded.
 */
async function explained({ pausedEventTypes, failedMessages }: WatchPorts, events: readonly OrderEvent[]) {
  const paused = await pausedEventTypes();
  const keysOf = ({ id }: OrderEvent) => FINISHING.map((consumer) => failedKeyOfEvent(consumer, id));
  const rows = await failedMessages.getMany(
    events.filter(({ type }) => !paused.includes(type)).flatMap(keysOf),
  );
  const isKnown = (key: string) => (rows.get(key)?.status ?? "RESOLVED") !== "RESOLVED";
  return (event: OrderEvent): boolean => paused.includes(event.type) || keysOf(event).some(isKnown);
}
