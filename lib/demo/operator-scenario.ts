import type { OperatorDesk } from "./operator-desk.ts";
import type { Reporter } from "./scenario-reporter.ts";
import type { Shop } from "./shop.ts";

/** What the second act breaks and mends: a row that somebody writes by hand, past every rule. */
export interface StockRoom {
  writeHeld(sku: string, held: number): Promise<void>;
}

const SKU = "cups";
const COUNT = 5;

/** The second act: messages fail, and an operator gets from the first look to an empty store. */
export async function tellSecondAct(
  reporter: Reporter,
  shop: Shop,
  desk: OperatorDesk,
  room: StockRoom,
): Promise<void> {
  await broken(reporter, shop, desk, room);
  const fingerprint = await understood(reporter, desk);
  await mended(reporter, shop, desk, room, fingerprint);
  await emptied(reporter, desk);
}

async function broken(reporter: Reporter, shop: Shop, desk: OperatorDesk, room: StockRoom): Promise<void> {
  reporter.chapter("Second act: somebody writes a stock row by hand, and cancellations fail");
  await shop.stockUp(SKU, 20);
  const placed = await Promise.all(Array.from({ length: COUNT }, () => shop.place(SKU, 1)));
  const orderIds = placed.map(({ body }) => body["orderId"]);
  await Promise.all(orderIds.map((orderId) => shop.settled(orderId)));
  await room.writeHeld(SKU, 0);
  const cancelled = await Promise.all(orderIds.map((orderId) => shop.cancel(orderId)));
  const accepted = cancelled.every(({ body }) => body["status"] === "CANCELLED");
  reporter.check(
    `${COUNT} customers cancel, and are answered`,
    accepted,
    cancelled.map(({ status }) => status),
  );
  const isParked = await shop.eventually(async () => (await groupOf(desk))?.["count"] === COUNT);
  reporter.check("their stock cannot be given back: all are parked", isParked, await desk.groups());
}

async function understood(reporter: Reporter, desk: OperatorDesk): Promise<string> {
  reporter.chapter("An operator looks: what failed alike, and why");
  reporter.say("$ order-events failed groups");
  const group = await groupOf(desk);
  const { count, consumer, reason } = group ?? {};
  reporter.check(`one group: ${count} × ${consumer}, ${reason}`, reason === "STOCK_MISMATCH", group);
  reporter.say(`$ order-events failed why ${group?.["sample"]}`);
  const { body } = await desk.show(String(group?.["sample"]));
  const why = (body["why"] ?? {}) as Readonly<Record<string, unknown>>;
  const isKnown = why["effect"] === "not there" && why["redriveWould"] === "send";
  reporter.check(`${why["meaning"]} Its work is ${why["effect"]} (${why["because"]})`, isKnown, why);
  return String(group?.["fingerprint"]);
}

async function mended(
  reporter: Reporter,
  shop: Shop,
  desk: OperatorDesk,
  room: StockRoom,
  fingerprint: string,
): Promise<void> {
  reporter.chapter("The row is mended; a dry run, then the redrive");
  await room.writeHeld(SKU, COUNT);
  reporter.say(`$ order-events failed redrive --group ${fingerprint}`);
  const tried = (await desk.redriveGroup(fingerprint, true)).body;
  const send = (tried["send"] as { count?: number } | undefined)?.count;
  reporter.check(`the dry run would send ${send}, and changes nothing`, send === COUNT, tried);
  reporter.say(`$ order-events failed redrive --group ${fingerprint} --yes --why "the row is mended"`);
  const job = (await desk.redriveGroup(fingerprint, false)).body;
  reporter.check(`${job["sent"]} are sent again, ${job["refused"]} refused`, job["sent"] === COUNT, job);
  const isDone = await shop.eventually(async () => (await groupOf(desk)) === undefined);
  reporter.check("each did its work: the group is gone", isDone, await desk.groups());
  const isBack = await shop.eventually(async () => (await shop.stock(SKU))["available"] === 20);
  reporter.check("all twenty are available again, each given back once", isBack, await shop.stock(SKU));
  const again = (await desk.redriveGroup(fingerprint, false)).body;
  reporter.check("the same redrive again finds nothing to send", again["sent"] === 0, again);
}

/** What the first act left: a message that nobody can read. */
async function emptied(reporter: Reporter, desk: OperatorDesk): Promise<void> {
  reporter.chapter("What cannot be mended is put aside, with a reason");
  const left = await desk.open();
  for (const { failedKey, reason } of left) {
    reporter.say(`$ order-events failed discard ${failedKey} --yes --why "nobody can read it"`);
    const { body } = await desk.discard(failedKey, "nobody can read it");
    reporter.check(
      `${reason} is discarded; an undo would open it again`,
      body["status"] === "DISCARDED",
      body,
    );
  }
  reporter.check("the store is empty: nothing waits for a person", (await desk.open()).length === 0);
}

async function groupOf(desk: OperatorDesk) {
  return (await desk.groups()).find(({ consumer }) => consumer === "order-cancelled");
}
