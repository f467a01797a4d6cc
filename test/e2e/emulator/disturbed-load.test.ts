import { beforeAll, describe, it } from "vitest";
import { atRest, expectAllOrders, expectAllSettled, expectMailsOnce, expectStockOf } from "../at-rest.ts";
import { type Load, placeUnderLoad } from "../load.ts";
import { openOwnEmulator } from "../open-target.ts";

const ORDERS = 120;
const STOCK = { hot: 150, rare: 10 } as const;
/** A function that died leaves its batch invisible for half a minute, and may do so again. */
const AT_REST_MS = 300_000;

/** Shares of calls that fail. A broken function throws, or dies in the middle with effects done. */
const FAULTS: Readonly<Record<string, number>> = {
  "function:order-created": 0.2,
  "function:order-cancelled": 0.2,
  "function:notify-customer": 0.2,
  "function:publish-events": 0.2,
  "function:place-order": 0.1,
  "function:cancel-order": 0.1,
  "table:stock": 0.1,
  "table:orders": 0.05,
  "table:notifications": 0.1,
  "table:failed-messages": 0.1,
  mail: 0.1,
  conflicts: 0.3,
};

const { target, api } = await openOwnEmulator();
let load: Load;
beforeAll(async () => {
  for (const [sku, onHand] of Object.entries(STOCK)) await api.stockUp(sku, onHand);
  for (const [name, rate] of Object.entries(FAULTS)) await target.emulator.break(name, rate);
  load = placeUnderLoad(() => api, ORDERS, Object.keys(STOCK));
  await load.done;
  await target.emulator.mend();
  await atRest(target, AT_REST_MS);
}, 4 * AT_REST_MS);

describe("under load, while functions die, tables fail and transactions conflict", () => {
  it("A1, I6: every order that was accepted is there, and each once", () => expectAllOrders(target, load));

  it("C8, D3, I8: all of them are settled, and those that were cancelled are CANCELLED", () =>
    expectAllSettled(target, load));

  it("D1, D4, I1: the stock of a hot SKU is exact", () => expectStockOf(target, STOCK));

  it("H1, I9: each mail was sent once; one that may have been sent is listed instead", () =>
    expectMailsOnce(target));
});
