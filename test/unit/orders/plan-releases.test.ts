import { describe, expect, test } from "vitest";
import { planReleases } from "../../../functions/orders/domain/plan-releases.ts";
import {
  NOTHING_KNOWN,
  type OrderImage,
  type OrderLines,
} from "../../../functions/orders/domain/plan-reservations.ts";
import { line } from "../../fixtures/events.ts";

const a: OrderLines = {
  orderId: "a",
  lines: [line({ sku: "X", quantity: 2 }), line({ sku: "Y" })],
  linesDigest: "digest",
};
const b: OrderLines = { orderId: "b", lines: [line({ sku: "X", quantity: 3 })], linesDigest: "digest" };
const row = (status: NonNullable<OrderImage>["status"], stockHeld?: boolean): OrderImage =>
  stockHeld === undefined ? { status, linesDigest: "digest" } : { status, stockHeld, linesDigest: "digest" };

describe("planReleases", () => {
  test("releases everything, summed for each SKU, without stock rows", () => {
    expect(planReleases([a, b], NOTHING_KNOWN)).toEqual({
      unchanged: new Map(),
      release: [a, b],
      restore: new Map([
        ["X", 5],
        ["Y", 1],
      ]),
    });
  });

  test.each<[string, OrderImage, object]>([
    ["no row", undefined, { kind: "park", reason: "UNKNOWN_ORDER" }],
    [
      "other lines",
      { status: "CANCELLED", linesDigest: "x" },
      { kind: "park", reason: "EVENT_CONTRADICTS_ORDER" },
    ],
    ["PENDING", row("PENDING"), { kind: "park", reason: "STATE_CONFLICT" }],
    ["CONFIRMED", row("CONFIRMED", true), { kind: "park", reason: "STATE_CONFLICT" }],
    ["REJECTED", row("REJECTED"), { kind: "park", reason: "STATE_CONFLICT" }],
    ["CANCELLED, never held", row("CANCELLED"), { kind: "done" }],
    ["CANCELLED and released", row("CANCELLED", false), { kind: "duplicate" }],
  ])("decides an order whose row is %s without a release", (_, image, outcome) => {
    const plan = planReleases([a, b], { orders: new Map([["a", image]]), stock: new Map() });

    expect(plan.unchanged).toEqual(new Map([["a", outcome]]));
    expect(plan.release).toEqual([b]);
    expect(plan.restore).toEqual(new Map([["X", 3]]));
  });

  test("B5: an order that still holds its stock is released", () => {
    const plan = planReleases([a], { orders: new Map([["a", row("CANCELLED", true)]]), stock: new Map() });

    expect(plan.release).toEqual([a]);
  });

  test("parks an order alone whose stock row holds less than it", () => {
    const plan = planReleases([a, b], { orders: new Map(), stock: new Map([["Y", 0]]) });

    expect(plan.unchanged.get("a")).toMatchObject({ kind: "park", reason: "STOCK_MISMATCH" });
    expect(plan.release).toEqual([b]);
  });

  test.each<[string, [string, number | undefined][], string]>([
    ["one row", [["Y", 0]], "Y: the order holds 1, the stock row holds 0"],
    [
      "two rows",
      [
        ["X", 1],
        ["Y", 0],
      ],
      "X: the order holds 2, the stock row holds 1; Y: the order holds 1, the stock row holds 0",
    ],
    ["a missing row", [["X", undefined]], "X: the order holds 2, there is no stock row"],
  ])("reports by how much %s is short", (_, stock, message) => {
    const plan = planReleases([a], { orders: new Map(), stock: new Map(stock) });

    expect(plan.unchanged.get("a")).toMatchObject({ error: { name: "Unprocessable", message } });
  });
});
