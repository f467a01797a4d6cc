import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_NAMED_MESSAGES } from "../../../functions/contract/failures.ts";
import {
  NOTHING_TICKED,
  type Ticked,
  tickRow,
  tickRows,
} from "../../../lib/operator/console/web/failed/ticks.ts";

const REASON = "STATE_CONFLICT" as const;
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ failedKey: `k${i}`, generation: i + 1, reason: REASON }));
const ITEMS = rows(10);
const keysOf = ({ messages }: Ticked) => [...messages.keys()].sort();
const tick = (from: Ticked, key: string, isRange = false) => tickRow(from, ITEMS, key, isRange);

describe("a tick", () => {
  it("holds the generation that the operator saw, and is taken away by the second click", () => {
    const once = tick(NOTHING_TICKED, "k3");

    expect([...once.messages.values()]).toEqual([{ failedKey: "k3", generation: 4, reason: REASON }]);
    expect(keysOf(tick(once, "k3"))).toEqual([]);
  });

  it.each([
    ["k2", "k5"],
    ["k5", "k2"],
  ])("as a range ticks all rows from %s to %s", (from, to) => {
    expect(keysOf(tick(tick(NOTHING_TICKED, from), to, true))).toEqual(["k2", "k3", "k4", "k5"]);
  });

  it("as a range to a ticked row unticks all between", () => {
    const ticked = tick(tick(NOTHING_TICKED, "k2"), "k6", true);

    expect(keysOf(tick({ ...ticked, last: "k3" }, "k5", true))).toEqual(["k2", "k6"]);
  });

  it("as a range is one row where the last one is no longer listed, or where there was none", () => {
    expect(keysOf(tick({ messages: new Map(), last: "gone" }, "k5", true))).toEqual(["k5"]);
    expect(keysOf(tick(NOTHING_TICKED, "k5", true))).toEqual(["k5"]);
  });

  it("of a row that is no longer listed changes nothing", () => {
    const ticked = tick(NOTHING_TICKED, "k2");

    expect(tick(ticked, "gone")).toEqual(ticked);
  });
});

describe("the ticks", () => {
  it("of a page are added and taken away together; those of other pages stay", () => {
    const other = tickRows(new Map(), [{ failedKey: "other", generation: 1, reason: REASON }], true);

    const both = tickRows(other, ITEMS, true);

    expect(both.size).toBe(11);
    expect([...tickRows(both, ITEMS, false).keys()]).toEqual(["other"]);
  });

  it("are never more than one job takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }), (first, second) => {
        const items = rows(1_800);
        const ticked = tickRows(
          tickRows(new Map(), items.slice(0, first), true),
          items.slice(900, 900 + second),
          true,
        );

        expect(ticked.size).toBe(Math.min(first + second, MOST_NAMED_MESSAGES));
      }),
    );
  });
});
