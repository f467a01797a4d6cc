import { expect } from "vitest";
import { SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { KAFKA_CONSUMER } from "../../functions/contract/broker-names.ts";
import { STATUS_RULES } from "../../functions/contract/order-status.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { eventOf, type Order } from "../../functions/orders/domain/order.ts";
import type { Load } from "./load.ts";
import { depthOf, failedKey } from "./messages.ts";
import { expectExactStock, rowsOf } from "./tables.ts";
import type { EmulatorPowers, Target } from "./target.ts";
import { untilTrue } from "./until.ts";

type WatchedTarget = Target & { readonly emulator: EmulatorPowers };

const CONSUMER_NAMES = Object.keys(SUBSCRIPTIONS) as (keyof typeof SUBSCRIPTIONS)[];

/**
 * Waits until queues are empty, no retry is in progress and every order is decided. Rows are read as well, because a
 * message can move between two queues while their depths are read.
 */
export const atRest = (target: Target, timeoutMs: number): Promise<void> =>
  untilTrue(
    "everything is at rest",
    async () => {
      const depths = await Promise.all(
        CONSUMER_NAMES.flatMap((each) => [depthOf(target, each), depthOf(target, each, "dead-letters")]),
      );
      if (depths.some((depth) => depth > 0)) return false;
      const failed = await rowsOf<FailedMessage>(target, "failedMessages");
      if (failed.some((row) => row.status === "RETRYING" && !mayHaveSucceeded(row))) return false;
      const orders = await rowsOf<Order>(target, "orders");
      return orders.every(({ status, stockHeld }) =>
        status === "CANCELLED" ? stockHeld !== true : status !== "PENDING",
      );
    },
    timeoutMs,
  );

/** The row of a Kafka record that succeeded later stays RETRYING until maintenance finds it overdue, after an hour. */
const mayHaveSucceeded = ({ status, consumer }: FailedMessage): boolean =>
  status === "RETRYING" && consumer === KAFKA_CONSUMER;

/** I6, I7: exactly the accepted orders exist. */
export async function expectAllOrders(target: Target, load: Load): Promise<void> {
  const orders = await rowsOf<Order>(target, "orders");

  const accepted = [...load.accepted.values()].map(({ orderId }) => orderId);
  expect(orders.map(({ orderId }) => orderId).sort()).toEqual(accepted.sort());
}

/** I8: exactly the cancelled orders are CANCELLED, and none waits for an operator. */
export async function expectAllFinal(target: Target, load: Load): Promise<void> {
  for (const { orderId, status } of await rowsOf<Order>(target, "orders")) {
    expect({ orderId, cancelled: status === "CANCELLED" }).toEqual({
      orderId,
      cancelled: load.cancelled.has(orderId),
    });
  }
  const open = (await rowsOf<FailedMessage>(target, "failedMessages")).filter(
    (row) => row.consumer !== "notify-customer" && row.status !== "RESOLVED" && !mayHaveSucceeded(row),
  );
  expect(open).toEqual([]);
}

/** I1 to I3: the stock on hand is that of the count, and the rest follows from the orders. */
export async function expectStockOf(
  target: Target,
  counted: Readonly<Record<string, number>>,
): Promise<void> {
  await expectExactStock(target);
  const onHand = (await rowsOf<{ sku: string; onHand: number }>(target, "stock")).map((row) => [
    row.sku,
    row.onHand,
  ]);
  expect(Object.fromEntries(onHand)).toEqual(counted);
}

/** I9: no mail twice; the latest of each order is sent, or listed with an unknown outcome. */
export async function expectMailsOnce(target: WatchedTarget): Promise<void> {
  const subjects = (await target.mails())
    .map(({ subject }) => subject)
    .filter((subject) => subject.startsWith("Your order"));
  const sent = new Set(subjects);
  const failed = await rowsOf<FailedMessage>(target, "failedMessages");
  const listed = new Set(failed.filter(({ status }) => status === "OPEN").map((row) => row.failedKey));
  const silent = (await rowsOf<Order>(target, "orders")).filter((order) => {
    const { mail } = STATUS_RULES[order.status];
    return (
      mail !== undefined &&
      !listed.has(failedKey("notify-customer", eventOf(order))) &&
      !sent.has(`Your order ${order.orderId} ${mail}`)
    );
  });

  expect(subjects).toHaveLength(sent.size);
  expect(silent).toEqual([]);
}
