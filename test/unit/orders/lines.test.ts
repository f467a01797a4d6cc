import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "../../../functions/middleware/problem.ts";
import { mergeLines, totalMinorUnits } from "../../../functions/orders/domain/order.ts";
import { line } from "../../fixtures/events.ts";

const skus = (count: number) => Array.from({ length: count }, (_, i) => line({ sku: `SKU-${i}` }));

function problemOf(run: () => unknown): Pick<Problem, "code" | "extras"> {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, extras: error.extras };
  }
  throw new Error("Expected a Problem.");
}

describe("mergeLines", () => {
  test("D13: adds up the lines of one SKU, sorted by SKU", () => {
    const merged = mergeLines([
      line({ sku: "B", quantity: 2 }),
      line({ sku: "A", quantity: 1 }),
      line({ sku: "B", quantity: 3 }),
    ]);

    expect(merged).toEqual([line({ sku: "A", quantity: 1 }), line({ sku: "B", quantity: 5 })]);
  });

  test("refuses two prices for one SKU and points at the second", () => {
    const problem = problemOf(() => mergeLines([line({ unitPrice: 1 }), line({ unitPrice: 2 })]));

    expect(problem).toEqual({
      code: "PRICE_CONTRADICTION",
      extras: {
        detail: "TEA-1 costs 1 in one line and 2 in another.",
        pointer: "/lines/1/unitPrice",
      },
    });
  });

  test("accepts a sum of exactly the largest quantity, and points at the line that exceeds it", () => {
    expect(mergeLines([line({ quantity: 99_999 }), line({ quantity: 1 })])).toEqual([
      line({ quantity: 100_000 }),
    ]);
    expect(problemOf(() => mergeLines([line({ quantity: 99_999 }), line({ quantity: 2 })]))).toEqual({
      code: "INVALID_REQUEST",
      extras: {
        detail: "The lines of TEA-1 add up to 100001; at most 100000 can be ordered.",
        pointer: "/lines/1/quantity",
      },
    });
  });

  test.each([91, 100, 101])("D12: refuses %i distinct SKUs", (count) => {
    const { code, extras } = problemOf(() => mergeLines(skus(count)));

    expect(code).toBe("TOO_MANY_LINES");
    expect(extras).toEqual({
      detail: `It has ${count}; at most 90 fit in one order.`,
      pointer: "/lines",
    });
  });

  test("D12: accepts 90 distinct SKUs in any number of lines", () => {
    expect(mergeLines([...skus(90), ...skus(90)])).toHaveLength(90);
  });

  test("returns the same lines for every order of lines in a request", () => {
    const lines = fc.array(
      fc.record({ sku: fc.constantFrom("A", "B", "C", "a-1"), quantity: fc.integer({ min: 1, max: 500 }) }),
      { minLength: 1, maxLength: 20 },
    );
    const shuffled = lines.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );

    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const merged = (list: readonly { sku: string; quantity: number }[]) =>
          mergeLines(list.map((each) => ({ ...each, unitPrice: 5 })));
        expect(merged(one)).toEqual(merged(other));
        expect(merged(merged(one))).toEqual(merged(one));
      }),
    );
  });
});

test("the largest order has an exact total", () => {
  const lines = skus(90).map((each) => ({ ...each, quantity: 100_000, unitPrice: 1_000_000_000 }));

  expect(totalMinorUnits(lines)).toBe(9_000_000_000_000_000);
  expect(Number.isSafeInteger(totalMinorUnits(lines))).toBe(true);
  expect(totalMinorUnits([])).toBe(0);
});
