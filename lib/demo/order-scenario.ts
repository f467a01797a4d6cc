import { createHash } from "node:crypto";
import type { ApiAnswer } from "../operator/target/api-client.ts";
import type { Reporter } from "./scenario-reporter.ts";
import type { Shop } from "./shop.ts";

/** What the story needs beside the API: someone who breaks and mends, a way past the topic, and the mails. */
export interface ScenarioPowers {
  breakFunction(name: string): void;
  mend(): void;
  /** Puts a text into the queue of order-created, as nothing of ours would. */
  smuggle(body: string): Promise<void>;
  mailsAbout(orderId: unknown): readonly { readonly subject: string }[];
}

/** The whole story: every promise of the system is broken at and looked at once. */
export async function tell(reporter: Reporter, shop: Shop, powers: ScenarioPowers): Promise<void> {
  await confirmed(reporter, shop, powers);
  await rejected(reporter, shop);
  await cancelled(reporter, shop);
  const waiting = await whileBroken(reporter, shop, powers);
  await repeated(reporter, shop);
  await poisoned(reporter, shop, powers);
  await afterMending(reporter, shop, waiting);
}

async function confirmed(reporter: Reporter, shop: Shop, powers: ScenarioPowers): Promise<void> {
  reporter.chapter("An order is placed, confirmed, and the customer is told");
  await shop.stockUp("tea", 10);
  const startedAt = performance.now();
  const { status, body } = await shop.place("tea", 2);
  reporter.check(`POST /orders answers 202 with a ${body["status"]} order`, status === 202, status);
  const order = await shop.settled(body["orderId"]);
  const took = Math.round(performance.now() - startedAt);
  reporter.check(
    `the order is CONFIRMED ${took} ms after it was sent`,
    order["status"] === "CONFIRMED",
    order,
  );
  const { available, held } = await shop.stock("tea");
  reporter.check(`stock: ${available} available, ${held} held`, available === 8 && held === 2, {
    available,
    held,
  });
  const mailed = await shop.eventually(async () => powers.mailsAbout(order["orderId"]).length === 1);
  const subject = powers.mailsAbout(order["orderId"])[0]?.subject;
  reporter.check(`one mail: “${subject}”`, mailed);
}

async function rejected(reporter: Reporter, shop: Shop): Promise<void> {
  reporter.chapter("More is ordered than there is");
  const { body } = await shop.place("tea", 1_000);
  const order = await shop.settled(body["orderId"]);
  const reason = order["reason"] as { code?: string; sku?: string } | undefined;
  reporter.check(
    `the order is REJECTED: ${reason?.code} (${reason?.sku})`,
    order["status"] === "REJECTED",
    order,
  );
  const { available } = await shop.stock("tea");
  reporter.check(`nothing was taken: ${available} are still available`, available === 8, available);
}

async function cancelled(reporter: Reporter, shop: Shop): Promise<void> {
  reporter.chapter("A confirmed order is cancelled");
  const { body } = await shop.place("tea", 3);
  await shop.settled(body["orderId"]);
  const { body: order } = await shop.cancel(body["orderId"]);
  reporter.check(`cancel answers with the order ${order["status"]}`, order["status"] === "CANCELLED", order);
  const isBack = await shop.eventually(async () => (await shop.stock("tea"))["available"] === 8);
  reporter.check("its three are available again", isBack, await shop.stock("tea"));
  const { body: again } = await shop.cancel(body["orderId"]);
  const same = again["version"] === order["version"];
  reporter.check("cancelling again answers the same and changes nothing", same, again);
}

interface Waiting {
  readonly orderIds: readonly unknown[];
  readonly cancelled: unknown;
}

async function whileBroken(reporter: Reporter, shop: Shop, powers: ScenarioPowers): Promise<Waiting> {
  reporter.chapter("The function that takes stock is broken, and orders keep coming");
  await shop.stockUp("coffee", 100);
  powers.breakFunction("order-created");
  const placed = await Promise.all(Array.from({ length: 6 }, () => shop.place("coffee", 2)));
  const accepted = placed.every(({ status }) => status === 202);
  reporter.check(
    "six orders are accepted all the same",
    accepted,
    placed.map(({ status }) => status),
  );
  const [first, ...others] = placed.map(({ body }) => body["orderId"]);
  const { body } = await shop.cancel(first);
  reporter.check("one of them is cancelled before it was processed", body["status"] === "CANCELLED", body);
  const { status } = await shop.order(others[0]);
  reporter.check("the others wait, PENDING", status === "PENDING", status);
  powers.mend();
  reporter.say(
    "mended; the queue gives them back when their visibility time-out ends, and the story goes on",
  );
  return { orderIds: others, cancelled: first };
}

async function repeated(reporter: Reporter, shop: Shop): Promise<void> {
  reporter.chapter("A client is unsure and sends its order again");
  const key = `demo-${Date.now()}`;
  const first = await shop.place("tea", 1, key);
  const second = await shop.place("tea", 1, key);
  const same = first.body["orderId"] === second.body["orderId"];
  reporter.check("the same key and order: the same order answers", same && second.status === 202, second);
  const other = await shop.place("tea", 4, key);
  const code = other.body["code"];
  reporter.check(`the same key and another order: ${other.status} ${code}`, other.status === 422, other);
  await shop.settled(first.body["orderId"]);
  const { available } = await shop.stock("tea");
  reporter.check(`stock was taken once: ${available} available`, available === 7, available);
}

async function poisoned(reporter: Reporter, shop: Shop, powers: ScenarioPowers): Promise<void> {
  reporter.chapter("A message that is no event gets into the queue");
  const body = `{"this is": "no event ${Date.now()}`;
  const startedAt = performance.now();
  const [, neighbour] = await Promise.all([powers.smuggle(body), shop.place("tea", 1)]);
  const failedKey = `order-created~${createHash("sha256").update(body).digest("hex")}`;
  let found: ApiAnswer = { status: 0, body: {} };
  await shop.eventually(async () => {
    found = await shop.failedMessage(failedKey);
    return found.status === 200;
  });
  const took = Math.round(performance.now() - startedAt);
  const { reason, failures } = found.body;
  const parked = found.body["status"] === "OPEN" && failures === 1;
  reporter.check(`it is parked after ${took} ms, at its first attempt: ${reason}`, parked, found);
  const order = await shop.settled(neighbour.body["orderId"]);
  reporter.check("the order beside it is CONFIRMED", order["status"] === "CONFIRMED", order);
}

async function afterMending(reporter: Reporter, shop: Shop, waiting: Waiting): Promise<void> {
  reporter.chapter("The orders from the time of the outage");
  reporter.say("waiting for the queue to give them back (up to half a minute) …");
  const orders = await Promise.all(waiting.orderIds.map((id) => shop.settled(id, 60_000)));
  const statuses = orders.map(({ status }) => status);
  reporter.check(
    "all five are CONFIRMED",
    statuses.every((status) => status === "CONFIRMED"),
    statuses,
  );
  const order = await shop.order(waiting.cancelled);
  reporter.check("the cancelled one stayed CANCELLED", order["status"] === "CANCELLED", order);
  const isExact = await shop.eventually(async () => (await shop.stock("coffee"))["held"] === 10);
  const { onHand, held, available } = await shop.stock("coffee");
  reporter.check(
    `stock is exact: ${onHand} = ${held} held + ${available} available`,
    isExact && available === 90,
  );
}
