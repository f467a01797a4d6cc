import { describe, expect, test } from "vitest";
import type { Status } from "../../../functions/contract/order-status.ts";
import type { Line } from "../../../functions/contract/schemas.ts";
import {
  NOTHING_KNOWN,
  type OrderImage,
  type OrderLines,
  outcomesOf,
  planReservations,
} from "../../../functions/orders/domain/plan-reservations.ts";
import { line } from "../../fixtures/events.ts";

function reservation(orderId: string, ...lines: Line[]): OrderLines {
  return { orderId, lines: lines.length === 0 ? [line()] : lines, linesDigest: "digest" };
}

const image = (status: Status, stockHeld?: boolean): OrderImage =>
  stockHeld === undefined ? { status, linesDigest: "digest" } : { status, stockHeld, linesDigest: "digest" };

const known = (orders: Record<string, OrderImage>, stock: Record<string, number | undefined> = {}) => ({
  orders: new Map(Object.entries(orders)),
  stock: new Map(Object.entries(stock)),
});

describe("planReservations", () => {
  test("confirms everything and adds up each SKU without stock rows", () => {
    const a = reservation("a", line({ sku: "X", quantity: 2 }));
    const b = reservation("b", line({ sku: "X", quantity: 3 }), line({ sku: "Y", quantity: 1 }));

    const plan = planReservations([a, b], NOTHING_KNOWN);

    expect(plan).toEqual({
      unchanged: new Map(),
      confirm: [a, b],
      reject: [],
      take: new Map([
        ["X", 5],
        ["Y", 1],
      ]),
    });
  });

  test.each<[string, OrderImage, object]>([
    ["no row", undefined, { kind: "park", reason: "UNKNOWN_ORDER" }],
    [
      "other lines",
      { status: "PENDING", linesDigest: "other" },
      { kind: "park", reason: "EVENT_CONTRADICTS_ORDER" },
    ],
    ["CONFIRMED", image("CONFIRMED", true), { kind: "duplicate" }],
    ["REJECTED", image("REJECTED"), { kind: "duplicate" }],
    ["CANCELLED and held", image("CANCELLED", true), { kind: "duplicate" }],
    ["CANCELLED and released", image("CANCELLED", false), { kind: "duplicate" }],
    [
      "CANCELLED, never held",
      image("CANCELLED"),
      { kind: "ignored", why: "cancelled before it was processed" },
    ],
  ])("decides an order whose row is %s without taking stock", (_, row, outcome) => {
    const plan = planReservations([reservation("a")], known({ a: row }));

    expect(plan.unchanged).toEqual(new Map([["a", outcome]]));
    expect([plan.confirm, plan.reject, plan.take.size]).toEqual([[], [], 0]);
  });

  test("decides a PENDING order again after its row was read", () => {
    const plan = planReservations([reservation("a")], known({ a: image("PENDING") }));

    expect(plan.confirm).toHaveLength(1);
    expect(plan.unchanged.size).toBe(0);
  });

  test("confirms in batch order down to the last unit of stock", () => {
    const orders = [5, 6, 4, 1].map((quantity, i) => reservation(`o${i}`, line({ sku: "X", quantity })));

    const plan = planReservations(orders, known({}, { X: 10 }));

    expect(plan.confirm.map(({ orderId }) => orderId)).toEqual(["o0", "o2", "o3"]);
    expect(plan.reject).toEqual([{ order: orders[1], reason: { code: "OUT_OF_STOCK", sku: "X" } }]);
    expect(plan.take).toEqual(new Map([["X", 10]]));
  });

  test("D15: rejects an order of an unknown SKU, and names it", () => {
    const order = reservation("a", line({ sku: "Y" }), line({ sku: "X" }));

    const plan = planReservations([order], known({}, { X: undefined }));

    expect(plan.reject).toEqual([{ order, reason: { code: "UNKNOWN_SKU", sku: "X" } }]);
    expect(plan.take.size).toBe(0);
  });

  test("reserves no line where one line is short", () => {
    const order = reservation("a", line({ sku: "X", quantity: 1 }), line({ sku: "Y", quantity: 9 }));

    const plan = planReservations([order, reservation("b", line({ sku: "X" }))], known({}, { X: 1, Y: 8 }));

    expect(plan.reject).toEqual([{ order, reason: { code: "OUT_OF_STOCK", sku: "Y" } }]);
    expect(plan.take).toEqual(new Map([["X", 1]]));
  });

  test("an earlier duplicate takes no stock of later orders", () => {
    const orders = [reservation("a"), reservation("b")];

    const plan = planReservations(orders, known({ a: image("CONFIRMED", true) }, { "TEA-1": 1 }));

    expect(plan.confirm.map(({ orderId }) => orderId)).toEqual(["b"]);
  });
});

test("a committed plan has an outcome for every order", () => {
  const orders = ["a", "b", "c"].map((id) => reservation(id));

  const plan = planReservations(orders, known({ a: image("REJECTED") }, { "TEA-1": 1 }));

  expect(outcomesOf(plan)).toEqual(
    new Map([
      ["a", { kind: "duplicate" }],
      ["b", { kind: "done" }],
      ["c", { kind: "done" }],
    ]),
  );
});
