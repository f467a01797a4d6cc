import { beforeAll, describe, it } from "vitest";
import { atRest, expectAllFinal, expectAllOrders, expectMailsOnce, expectStockOf } from "../at-rest.ts";
import { type Load, placeUnderLoad } from "../load.ts";
import { openOwnEmulator } from "../open-target.ts";

const ORDERS = 120;
const STOCK = { hot: 150, rare: 10 } as const;
/** A crashed function leaves its batch invisible for half a minute, possibly repeatedly. */
const AT_REST_MS = 300_000;

/** Shares of failing calls. A broken function throws, or crashes after some effects. */
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

describe("under load, while functions crash, tables fail and transactions conflict", () => {
  it("A1, I6: every accepted order exists once", () => expectAllOrders(target, load));

  it("C8, D3, I8: every order has a final status, and cancelled ones are CANCELLED", () =>
    expectAllFinal(target, load));

  it("D1, D4, I1: the stock of a hot SKU is exact", () => expectStockOf(target, STOCK));

  it("H1, I9: each mail is sent once, or listed with an unknown outcome", () => expectMailsOnce(target));
});
