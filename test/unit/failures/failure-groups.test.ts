import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FailureGroup } from "../../../functions/contract/operator-answers.ts";
import { matches } from "../../../functions/failures/domain/failed-listing.ts";
import { bySize, groupOf, mergeGroups } from "../../../functions/failures/domain/failure-groups.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();

describe("a filter", () => {
  test.each([
    [{}, true],
    [{ consumer: "order-created" }, true],
    [{ consumer: "order-cancelled" }, false],
    [{ type: "order.created" }, true],
    [{ type: "unknown" }, false],
    [{ reason: "UNKNOWN_ORDER" }, true],
    [{ reason: "EXPIRED" }, false],
    [{ fingerprint: "000000000000" }, false],
    [{ from: "2026-01-01T12:00:00Z" }, true],
    [{ from: "2026-01-01T12:00:00.001Z" }, false],
    [{ to: "2026-01-01T12:00:00Z" }, true],
    [{ to: "2026-01-01T11:59:59.999Z" }, false],
    [{ consumer: "order-created", reason: "EXPIRED" }, false],
  ] as const)("%o takes the row: %s", (filter, isTaken) => {
    expect(matches(failedRow(), filter)).toBe(isTaken);
  });

  test("treats a row without a type as unknown", () => {
    const { eventType: _, ...row } = failedRow();

    expect(matches(row, { type: "unknown" })).toBe(true);
  });
});

describe("groups", () => {
  test("merge counts and times with the latest error text, in any order", () => {
    const rows = [3, 1, 2].map((minute) =>
      failedRow({
        failedKey: `k${minute}`,
        firstAt: at(minute),
        lastAt: at(minute + 10),
        errorMessage: `m${minute}`,
      }),
    );
    const expected = {
      count: 3,
      firstAt: at(1),
      lastAt: at(13),
      sample: "k3",
      errorMessage: "m3",
      consumer: "order-created",
      eventType: "order.created",
    };

    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 3 }), (shuffled) => {
        expect(shuffled.map(groupOf).reduce(mergeGroups)).toMatchObject(expected);
      }),
    );
  });

  test("are sorted by size, then by the latest failure", () => {
    const group = (fingerprint: string, count: number, minute: number): FailureGroup => ({
      ...groupOf(failedRow({ lastAt: at(minute) })),
      fingerprint,
      count,
    });

    const sorted = [group("a", 1, 9), group("b", 5, 1), group("c", 5, 2)].sort(bySize);

    expect(sorted.map(({ fingerprint }) => fingerprint)).toEqual(["c", "b", "a"]);
  });
});
