import { createHash } from "node:crypto";
import type { FailedMessageView } from "../../functions/contract/operator-answers.ts";
import { bodyOf } from "../operator/target/api-client.ts";
import type { OperatorClient } from "./operator-client.ts";
import type { OrderClient } from "./order-client.ts";
import type { Reporter } from "./scenario-reporter.ts";

/** What the scenario controls and reads besides the API. */
export interface ScenarioEnvironment {
  breakFunction(name: string): void;
  mend(): void;
  /** Sends a text to the queue of order-created, bypassing the topic. */
  sendToQueue(body: string): Promise<void>;
  mailsAbout(orderId: string): readonly { readonly subject: string }[];
}

/** Provokes each failure that the guarantees are about, and checks the result. */
export async function runOrderScenario(
  reporter: Reporter,
  orders: OrderClient,
  operator: OperatorClient,
  environment: ScenarioEnvironment,
): Promise<void> {
  await confirmOrder(reporter, orders, environment);
  await rejectOrder(reporter, orders);
  await cancelOrder(reporter, orders);
  const pending = await placeDuringOutage(reporter, orders, environment);
  await repeatRequest(reporter, orders);
  await parkMalformedMessage(reporter, orders, operator, environment);
  await recover(reporter, orders, pending);
}

async function confirmOrder(
  reporter: Reporter,
  orders: OrderClient,
  environment: ScenarioEnvironment,
): Promise<void> {
  reporter.section("An order is placed, confirmed, and the customer is notified");
  await orders.setStock("tea", 10);
  const startedAt = performance.now();
  const answer = await orders.place("tea", 2);
  const placed = bodyOf(answer);
  const isAccepted = answer.status === 202;
  reporter.check(`POST /orders returns 202 with a ${placed.status} order`, isAccepted, answer.status);
  const order = await orders.final(placed.orderId);
  const took = Math.round(performance.now() - startedAt);
  reporter.check(`The order is CONFIRMED after ${took} ms`, order.status === "CONFIRMED", order);
  const { available, held } = await orders.stock("tea");
  reporter.check(`Stock: ${available} available, ${held} held`, available === 8 && held === 2, {
    available,
    held,
  });
  const mailed = await orders.eventually(async () => environment.mailsAbout(order.orderId).length === 1);
  const subject = environment.mailsAbout(order.orderId)[0]?.subject;
  reporter.check(`One mail is sent: “${subject}”`, mailed);
}

async function rejectOrder(reporter: Reporter, orders: OrderClient): Promise<void> {
  reporter.section("An order exceeds the stock");
  const { orderId } = bodyOf(await orders.place("tea", 1_000));
  const order = await orders.final(orderId);
  const { code, sku } = order.reason ?? {};
  reporter.check(`The order is REJECTED: ${code} (${sku})`, order.status === "REJECTED", order);
  const { available } = await orders.stock("tea");
  reporter.check(`The stock is unchanged: ${available} available`, available === 8, available);
}

async function cancelOrder(reporter: Reporter, orders: OrderClient): Promise<void> {
  reporter.section("A confirmed order is cancelled");
  const { orderId } = bodyOf(await orders.place("tea", 3));
  await orders.final(orderId);
  const order = await orders.cancel(orderId);
  reporter.check(`The response shows the order as ${order.status}`, order.status === "CANCELLED", order);
  const isBack = await orders.eventually(async () => (await orders.stock("tea")).available === 8);
  reporter.check("Its 3 units are available again", isBack, await orders.stock("tea"));
  const again = await orders.cancel(orderId);
  const same = again.version === order.version;
  reporter.check("A second cancellation returns the same and changes nothing", same, again);
}

interface PendingOrders {
  readonly orderIds: readonly string[];
  readonly cancelled: string;
}

async function placeDuringOutage(
  reporter: Reporter,
  orders: OrderClient,
  environment: ScenarioEnvironment,
): Promise<PendingOrders> {
  reporter.section("The function that reserves stock fails while orders arrive");
  await orders.setStock("coffee", 100);
  environment.breakFunction("order-created");
  const placed = await Promise.all(Array.from({ length: 6 }, () => orders.place("coffee", 2)));
  const accepted = placed.every(({ status }) => status === 202);
  reporter.check(
    "6 orders are accepted",
    accepted,
    placed.map(({ status }) => status),
  );
  const [first = "", ...others] = placed.map((answer) => bodyOf(answer).orderId);
  const cancelled = await orders.cancel(first);
  const isCancelled = cancelled.status === "CANCELLED";
  reporter.check("One of them is cancelled before it is processed", isCancelled, cancelled);
  const { status } = await orders.order(others[0] ?? "");
  reporter.check("The others are PENDING", status === "PENDING", status);
  environment.mend();
  reporter.log(
    "The function works again. SQS delivers the messages again when their visibility timeout ends.",
  );
  return { orderIds: others, cancelled: first };
}

async function repeatRequest(reporter: Reporter, orders: OrderClient): Promise<void> {
  reporter.section("A client repeats its request");
  const key = `demo-${Date.now()}`;
  const first = await orders.place("tea", 1, key);
  const second = await orders.place("tea", 1, key);
  const { orderId } = bodyOf(first);
  const same = orderId === bodyOf(second).orderId;
  reporter.check(
    "The same key with the same order returns the same order",
    same && second.status === 202,
    second,
  );
  const other = await orders.place("tea", 4, key);
  const code = other.isSuccess ? undefined : other.body["code"];
  reporter.check(
    `The same key with another order returns ${other.status} ${code}`,
    other.status === 422,
    other,
  );
  await orders.final(orderId);
  const { available } = await orders.stock("tea");
  reporter.check(`The stock is reserved once: ${available} available`, available === 7, available);
}

async function parkMalformedMessage(
  reporter: Reporter,
  orders: OrderClient,
  operator: Pick<OperatorClient, "find">,
  environment: ScenarioEnvironment,
): Promise<void> {
  reporter.section("A malformed message arrives in the queue");
  const body = `{"this is": "no event ${Date.now()}`;
  const startedAt = performance.now();
  const [, neighbour] = await Promise.all([environment.sendToQueue(body), orders.place("tea", 1)]);
  const failedKey = `order-created~${createHash("sha256").update(body).digest("hex")}`;
  let found: Partial<FailedMessageView> = {};
  await orders.eventually(async () => {
    const { isSuccess, body: row } = await operator.find(failedKey);
    if (isSuccess) found = row;
    return isSuccess;
  });
  const took = Math.round(performance.now() - startedAt);
  const { reason, failures, status } = found;
  const parked = status === "OPEN" && failures === 1;
  reporter.check(`It is parked after ${took} ms, at its first attempt: ${reason}`, parked, found);
  const order = await orders.final(bodyOf(neighbour).orderId);
  reporter.check("The order next to it is CONFIRMED", order.status === "CONFIRMED", order);
}

async function recover(reporter: Reporter, orders: OrderClient, pending: PendingOrders): Promise<void> {
  reporter.section("The orders of the outage are processed");
  reporter.log("Waiting for the visibility timeout (up to 30 s) …");
  const processed = await Promise.all(pending.orderIds.map((id) => orders.final(id, 60_000)));
  const statuses = processed.map(({ status }) => status);
  reporter.check(
    "All 5 are CONFIRMED",
    statuses.every((status) => status === "CONFIRMED"),
    statuses,
  );
  const order = await orders.order(pending.cancelled);
  reporter.check("The cancelled order is still CANCELLED", order.status === "CANCELLED", order);
  const isExact = await orders.eventually(async () => (await orders.stock("coffee")).held === 10);
  const { onHand, held, available } = await orders.stock("coffee");
  reporter.check(
    `The stock is exact: ${onHand} = ${held} held + ${available} available`,
    isExact && available === 90,
  );
}
