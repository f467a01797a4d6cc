import { CONSUMERS } from "../../consumers/consumers.ts";
import { KAFKA_CONSUMER, RABBITMQ_CONSUMER, RABBITMQ_PUBLISHER } from "../../contract/broker-names.ts";
import { PUBLISHERS } from "../../contract/names.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import type { Clock } from "../../middleware/clock.ts";
import type { OrderStore } from "../../orders/ports/order-store.ts";
import type { UnfinishedOrder, UnfinishedOrders } from "../../orders/ports/unfinished-orders.ts";
import { failedKeyOf } from "../domain/failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import { latestEvent, type PublishPorts, publishAgain } from "../publish-again.ts";
import type { FailurePorts } from "../record-failure.ts";

export type WatchPorts = PublishPorts & {
  readonly unfinishedOrders: UnfinishedOrders;
  readonly orders: Pick<OrderStore, "getMany">;
  readonly clock: Clock;
  readonly maxPendingSeconds: number;
  /** The paused consumers on which the decision about an order waits. */
  readonly pausedDeciders: () => Promise<readonly string[]>;
} & Pick<FailurePorts, "failedMessages"> &
  Pick<ActPorts, "audit">;

/** Read and published together: one read takes 100 rows. */
const AT_ONCE = 100;
/** In one run: a backlog must not be doubled by what waits in it. */
const MOST_CHECKED = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Counts the orders that stay PENDING past `maxPendingSeconds`. Checks each at once, then each time that it is twice as
 * old, at least each hour: where neither a failed message nor a paused consumer explains it, its event is published
 * again. A second event changes nothing, because the order status shows the duplicate. An event that a backbone refuses is published again in the next run.
 */
export function watchUnfinishedOrders(ports: WatchPorts) {
  const { unfinishedOrders, clock } = ports;
  return async (deadline: number): Promise<{ pending: number; published: number; refused: number }> => {
    const totals = { pending: 0, published: 0, refused: 0 };
    const before = new Date(clock.now() - ports.maxPendingSeconds * 1_000).toISOString();
    let checked = 0;
    let cursor: string | undefined;
    do {
      const page = await unfinishedOrders.placedBefore(before, cursor);
      cursor = page.cursor;
      totals.pending += page.orders.length;
      const due = page.orders.filter((order) => isDue(order, clock.now())).slice(0, MOST_CHECKED - checked);
      checked += due.length;
      for (let i = 0; i < due.length && clock.now() <= deadline; i += AT_ONCE) {
        const { published, refused, decided } = await check(ports, due.slice(i, i + AT_ONCE));
        totals.published += published;
        totals.refused += refused;
        totals.pending -= decided;
      }
    } while (cursor !== undefined && clock.now() <= deadline);
    return totals;
  };
}

/** The first time, then each time the age of the order has doubled since the last time, at least each hour. */
function isDue({ createdAt, checkedAt }: UnfinishedOrder, now: number): boolean {
  if (checkedAt === undefined) return true;
  const last = Date.parse(checkedAt);
  return now - last >= Math.min(LONGEST_PAUSE_MS, last - Date.parse(createdAt));
}

async function check(ports: WatchPorts, found: readonly UnfinishedOrder[]) {
  const rows = await ports.orders.getMany(found.map(({ orderId }) => orderId));
  const pending = [...rows.values()].filter(({ status }) => status === "PENDING");
  const events = pending.flatMap((order) => latestEvent(order) ?? []);
  const isHeld = (await ports.pausedDeciders()).length > 0;
  const known = await Promise.all(events.map(async (event) => isHeld || isKnownFailure(ports, event)));
  const lost = events.filter((_, i) => known[i] === false);
  const refusals = await publishAgain(ports, lost);
  const published = lost.filter((_, i) => refusals[i]?.length === 0);
  const now = ports.clock.now();
  const checked = [...events.filter((_, i) => known[i]), ...published];
  await Promise.all(checked.map(({ subject }) => ports.unfinishedOrders.markChecked(subject, now)));
  for (const { id: eventId } of published)
    ports.audit({ act: "republish", eventId, by: "maintenance", outcome: "published" });
  return {
    published: published.length,
    refused: lost.length - published.length,
    decided: found.length - pending.length,
  };
}

/** Publishers, and the consumers that decide orders. */
const DECIDING: readonly string[] = [
  ...CONSUMERS.flatMap(({ name, alsoByBrokers }) => (alsoByBrokers ? [name] : [])),
  ...PUBLISHERS,
  KAFKA_CONSUMER,
  RABBITMQ_PUBLISHER,
  RABBITMQ_CONSUMER,
];

/** Whether a failed message explains why the order is not decided: it is retried, waits for an operator or was discarded. */
async function isKnownFailure({ failedMessages }: WatchPorts, { id: eventId }: OrderEvent): Promise<boolean> {
  const facts = { eventId, body: "", attributes: {}, source: "" };
  const rows = await Promise.all(
    DECIDING.map((consumer) => failedMessages.get(failedKeyOf({ ...facts, consumer }))),
  );
  return rows.some((row) => row !== undefined && row.status !== "RESOLVED");
}
