import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SUBSCRIPTIONS } from "../../functions/contract/names.ts";
import type { Order } from "../../functions/domain/order.ts";
import { eventOf } from "../../functions/domain/order.ts";
import { attach } from "./attach.ts";
import { type Running, run } from "./child-process.ts";
import { type Client, client } from "./client.ts";
import { type Load, placeUnderLoad } from "./load.ts";
import { depthOf, failedKey } from "./messages.ts";
import { expectExactStock, rowsOf } from "./tables.ts";
import type { StagePowers, Target } from "./target.ts";
import { untilTrue } from "./until.ts";

const ORDERS = 240;
const STOCK = { tea: 1_000, coffee: 1_000, cocoa: 40, mate: 0 } as const;
/** What was in flight when the stage was killed comes back when its visibility time-out ends. */
const AT_REST_MS = 90_000;

let dataDir: string;
let program: Running;
let target: Target & { readonly stage: StagePowers };
let api: Client;
let load: Load;

async function start(): Promise<void> {
  program = run("test/e2e/kept-stage.ts", dataDir);
  const [url] = await program.line(/^http:.*$/);
  target = await attach(url);
  api = client(target);
}

async function killAndRestart(): Promise<void> {
  program.process.kill("SIGKILL");
  await program.ended;
  await target.close();
  await start();
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "order-events-"));
  await start();
  for (const [sku, onHand] of Object.entries(STOCK)) await api.stockUp(sku, onHand);
  load = placeUnderLoad(() => api, ORDERS, Object.keys(STOCK));
  for (const share of [1 / 3, 2 / 3]) {
    await load.reached(ORDERS * share);
    await killAndRestart();
  }
  await load.done;
  await untilTrue("everything is at rest", isAtRest, AT_REST_MS);
}, 2 * AT_REST_MS);

afterAll(async () => {
  program.process.kill("SIGKILL");
  await program.ended;
  await target.close();
  await rm(dataDir, { recursive: true, force: true });
});

const consumers = Object.keys(SUBSCRIPTIONS) as (keyof typeof SUBSCRIPTIONS)[];

async function isAtRest(): Promise<boolean> {
  const depths = await Promise.all(
    consumers.flatMap((each) => [depthOf(target, each), depthOf(target, each, "dead-letters")]),
  );
  if (depths.some((depth) => depth > 0)) return false;
  const orders = await rowsOf<Order>(target, "orders");
  return orders.every(({ status, stockHeld }) =>
    status === "CANCELLED" ? stockHeld !== true : status !== "PENDING",
  );
}

describe("a stage that was killed twice under load", () => {
  it("A1, I6: has every order that was accepted, and each once", async () => {
    const orders = await rowsOf<Order>(target, "orders");

    const accepted = [...load.accepted.values()].map(({ orderId }) => orderId);
    expect(accepted).toHaveLength(ORDERS);
    expect(orders.map(({ orderId }) => orderId).sort()).toEqual(accepted.sort());
  });

  it("A6, I8: has settled all of them, and those that were cancelled are CANCELLED", async () => {
    const orders = await rowsOf<Order>(target, "orders");

    for (const { orderId, status } of orders) {
      expect(status === "CANCELLED").toBe(load.cancelled.has(orderId));
    }
    const open = (await rowsOf<{ consumer: string; status: string }>(target, "failedMessages")).filter(
      ({ consumer, status }) => consumer !== "notify-customer" && status !== "RESOLVED",
    );
    expect(open).toEqual([]);
  });

  it("I1, I3: has exact stock: none lost, none twice, none below zero", async () => {
    await expectExactStock(target);

    for (const [sku, onHand] of Object.entries(STOCK)) {
      expect(await api.stock(sku)).toMatchObject({ onHand });
    }
    expect(await api.stock("mate")).toMatchObject({ held: 0 });
  });

  it("I9: has sent each mail once; one that may have been sent is listed instead", async () => {
    const mails = await target.stage.mails();
    const orders = await rowsOf<Order>(target, "orders");
    const listed = new Set(
      (await rowsOf<{ failedKey: string }>(target, "failedMessages")).map((row) => row.failedKey),
    );

    const subjects = mails.map(({ subject }) => subject);
    expect(subjects).toHaveLength(new Set(subjects).size);
    const silent = orders.filter(
      (order) =>
        !listed.has(failedKey("notify-customer", eventOf(order))) &&
        !mails.some(
          ({ subject }) => subject.includes(order.orderId) && subject.endsWith(ENDINGS[order.status]),
        ),
    );
    expect(silent).toEqual([]);
  });
});

const ENDINGS: Readonly<Record<Order["status"], string>> = {
  PENDING: "",
  CONFIRMED: "is confirmed",
  REJECTED: "could not be accepted",
  CANCELLED: "is cancelled",
};
