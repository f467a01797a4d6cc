import { describe, expect, test } from "vitest";
import { waterfallOf } from "../../../lib/operator/console/web/orders/waterfall-rows.ts";

const step = (at: number, source: string, outcome: string, durationMs: number, more: object = {}) => ({
  at,
  source,
  event: "A:1:order.created",
  type: "order.created",
  outcome,
  durationMs,
  ...(outcome === "accepted" ? {} : { attempt: 1 }),
  ...more,
});
const CONFIRMED = { event: "A:2:order.confirmed", type: "order.confirmed" };
const timesOf = (entries: Parameters<typeof waterfallOf>[0]) =>
  waterfallOf(entries)?.rows.map(({ source, readyAt, startedAt, endedAt }) => [
    source,
    readyAt,
    startedAt,
    endedAt,
  ]);

describe("the waterfall of an order", () => {
  test("has each step with its wait: for the acceptance, the publication, or the change of the order", () => {
    const entries = [
      step(100, "place-order", "accepted", 10),
      step(120, "publish-events", "published", 5),
      step(150, "order-created", "done", 30),
      step(200, "publish-events", "published", 5, CONFIRMED),
      step(260, "notify-customer", "mailed", 40, CONFIRMED),
    ];

    expect(timesOf(entries)).toEqual([
      ["place-order", undefined, 100, 110],
      ["publish-events", 110, 120, 125],
      ["order-created", 125, 150, 180],
      ["publish-events", 180, 200, 205],
      ["notify-customer", 205, 260, 300],
    ]);
    expect(waterfallOf(entries)).toMatchObject({ from: 100, to: 300 });
  });

  test("an attempt waits for the end of the attempt before it", () => {
    expect(
      timesOf([
        step(100, "publish-events", "published", 0),
        step(110, "order-created", "retry", 10),
        step(5_000, "order-created", "done", 10, { attempt: 2 }),
      ]),
    ).toEqual([
      ["publish-events", undefined, 100, 100],
      ["order-created", 100, 110, 120],
      ["order-created", 120, 5_000, 5_010],
    ]);
  });

  test("a replay of a finished step is no step, a redrive of a parked one is", () => {
    expect(
      timesOf([
        step(110, "order-created", "done", 10),
        step(60_000, "order-created", "duplicate", 10),
        step(120, "notify-customer", "park", 10, CONFIRMED),
        step(60_000, "notify-customer", "mailed", 10, CONFIRMED),
      ])?.map(([source, , at]) => [source, at]),
    ).toEqual([
      ["order-created", 110],
      ["notify-customer", 120],
      ["notify-customer", 60_000],
    ]);
  });

  test("a step that began before the end of the one before has waited for nothing", () => {
    expect(
      timesOf([step(100, "place-order", "accepted", 50), step(120, "publish-events", "published", 5)])?.[1],
    ).toEqual(["publish-events", 120, 120, 125]);
  });

  test("acts of operators, ignored messages and an order without steps are left out", () => {
    const act = { at: 1, source: "operator", outcome: "discard", event: "A:1:order.created" };

    expect(waterfallOf([act, step(2, "x", "ignored", 1)])).toBeUndefined();
    expect(waterfallOf([])).toBeUndefined();
  });
});
