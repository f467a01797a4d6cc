import { bodyOf } from "../operator/target/api-client.ts";
import type { OperatorClient } from "./operator-client.ts";
import type { OrderClient } from "./order-client.ts";
import type { Reporter } from "./scenario-reporter.ts";

/** Writes a stock row directly, without the checks of the API. */
export interface StockTable {
  writeHeld(sku: string, held: number): Promise<void>;
}

const SKU = "cups";
const COUNT = 5;
const WHY = "stock row corrected";

/** Messages fail, and an operator diagnoses, redrives and discards them. */
export async function runOperatorScenario(
  reporter: Reporter,
  orders: OrderClient,
  operator: OperatorClient,
  stock: StockTable,
): Promise<void> {
  await failCancellations(reporter, orders, operator, stock);
  const fingerprint = await diagnose(reporter, operator);
  await redrive(reporter, orders, operator, stock, fingerprint);
  await discardRest(reporter, operator);
}

async function failCancellations(
  reporter: Reporter,
  orders: OrderClient,
  operator: OperatorClient,
  stock: StockTable,
): Promise<void> {
  reporter.section("A stock row is edited by hand, and cancellations fail");
  await orders.setStock(SKU, 20);
  const placed = await Promise.all(Array.from({ length: COUNT }, () => orders.place(SKU, 1)));
  const orderIds = placed.map((answer) => bodyOf(answer).orderId);
  await Promise.all(orderIds.map((orderId) => orders.final(orderId)));
  await stock.writeHeld(SKU, 0);
  const cancelled = await Promise.all(orderIds.map((orderId) => orders.cancel(orderId)));
  const accepted = cancelled.every(({ status }) => status === "CANCELLED");
  reporter.check(
    `${COUNT} orders are CANCELLED`,
    accepted,
    cancelled.map(({ status }) => status),
  );
  const isParked = await orders.eventually(async () => (await groupOf(operator))?.count === COUNT);
  reporter.check(
    `Their stock cannot be released: ${COUNT} messages are parked`,
    isParked,
    await operator.groups(),
  );
}

async function diagnose(reporter: Reporter, operator: OperatorClient): Promise<string> {
  reporter.section("The operator lists the failed messages by cause");
  reporter.log("$ order-events failed groups");
  const group = await groupOf(operator);
  if (group === undefined) throw new Error("there is no group of order-cancelled");
  const { count, consumer, reason, sample, fingerprint } = group;
  reporter.check(`One group: ${count} × ${consumer}, ${reason}`, reason === "STOCK_MISMATCH", group);
  reporter.log(`$ order-events failed why ${sample}`);
  const { why } = await operator.show(sample);
  const isExplained = why.effect === "missing" && why.redriveWould === "send";
  reporter.check(`${why.meaning} Effect: ${why.effect} (${why.because})`, isExplained, why);
  return fingerprint;
}

async function redrive(
  reporter: Reporter,
  orders: OrderClient,
  operator: OperatorClient,
  stock: StockTable,
  fingerprint: string,
): Promise<void> {
  reporter.section("The stock row is corrected; the operator redrives the group");
  await stock.writeHeld(SKU, COUNT);
  reporter.log(`$ order-events failed redrive --group ${fingerprint}`);
  const dryRun = await operator.redriveGroup(fingerprint, WHY, true);
  const outcomes = "outcomes" in dryRun ? dryRun.outcomes : [];
  const send = outcomes.find(({ outcome }) => outcome === "send")?.count;
  reporter.check(`The dry run would redrive ${send} messages and changes nothing`, send === COUNT, dryRun);
  reporter.log(`$ order-events failed redrive --group ${fingerprint} --yes --why "${WHY}"`);
  const job = await operator.redriveGroup(fingerprint, WHY);
  const { done, refused } = "done" in job ? job : {};
  reporter.check(`${done} messages are redriven, ${refused} refused`, done === COUNT, job);
  const isDone = await orders.eventually(async () => (await groupOf(operator)) === undefined);
  reporter.check("All of them succeed, and the group is empty", isDone, await operator.groups());
  const isReleased = await orders.eventually(async () => (await orders.stock(SKU)).available === 20);
  reporter.check("All 20 units are available: each was released once", isReleased, await orders.stock(SKU));
  const repeated = await operator.redriveGroup(fingerprint, WHY);
  reporter.check("The same redrive again sends nothing", "done" in repeated && repeated.done === 0, repeated);
}

/** Discards what the order scenario left: a message with a malformed body. */
async function discardRest(reporter: Reporter, operator: OperatorClient): Promise<void> {
  reporter.section("The operator discards what cannot be redriven");
  const open = await operator.open();
  for (const { failedKey, reason } of open) {
    reporter.log(`$ order-events failed discard ${failedKey} --yes --why "the body is not an event"`);
    const answer = await operator.discard(failedKey, "the body is not an event");
    reporter.check(`${reason} is discarded; \`undo\` reopens it`, answer.status === "DISCARDED", answer);
  }
  reporter.check("No failed message is open", (await operator.open()).length === 0);
}

async function groupOf(operator: OperatorClient) {
  return (await operator.groups()).find(({ consumer }) => consumer === "order-cancelled");
}
