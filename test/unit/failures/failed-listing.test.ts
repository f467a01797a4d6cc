import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PATTERNS } from "../../../functions/contract/patterns.ts";
import {
  boundsOf,
  dueAtOf,
  openCountOf,
  partitionOf,
  partitionsOf,
  placeOf,
} from "../../../functions/failures/domain/failed-listing.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";

const times = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const keys = fc.stringMatching(/^[\w.:~-]{1,64}$/);
const rowsOf = fc.record({ dueAt: times, failedKey: keys });

describe("a place in a listing", () => {
  test("orders rows by their due time, then by their key, and differs for each row", () => {
    fc.assert(
      fc.property(rowsOf, rowsOf, (one, other) => {
        const byTime = one.dueAt < other.dueAt ? -1 : one.dueAt > other.dueAt ? 1 : 0;
        const byKey = one.failedKey < other.failedKey ? -1 : one.failedKey > other.failedKey ? 1 : 0;
        const places = placeOf(one) < placeOf(other) ? -1 : placeOf(one) > placeOf(other) ? 1 : 0;
        expect(places).toBe(byTime || byKey);
      }),
    );
  });

  test("is a cursor that the API accepts, and holds the due time", () => {
    fc.assert(
      fc.property(rowsOf, (row) => {
        expect(placeOf(row)).toMatch(new RegExp(PATTERNS.cursor.pattern));
        expect(dueAtOf(placeOf(row))).toBe(row.dueAt);
      }),
    );
  });
});

describe("the bounds of a listing", () => {
  test("hold exactly the rows that are due, and with a cursor those at it and behind it", () => {
    const range = fc.record({ cursor: rowsOf, dueBefore: times }, { requiredKeys: [] });
    fc.assert(
      fc.property(rowsOf, range, fc.constantFrom("oldest", "newest"), (row, { cursor, dueBefore }, order) => {
        const [lowest, highest] = boundsOf(order, {
          ...(cursor === undefined ? {} : { cursor: placeOf(cursor) }),
          ...(dueBefore === undefined ? {} : { dueBefore }),
        });
        const place = placeOf(row);
        const isBehind =
          cursor === undefined || (order === "oldest" ? place >= placeOf(cursor) : place <= placeOf(cursor));
        const isDue = dueBefore === undefined || row.dueAt <= dueBefore;
        const isWithin = lowest <= place && place <= highest;

        expect(lowest <= highest).toBe(true);
        // A cursor past the last due row leaves itself in the bounds; the listing drops it.
        if (cursor === undefined || place !== placeOf(cursor)) expect(isWithin).toBe(isBehind && isDue);
      }),
    );
  });
});

describe("the partition of a row", () => {
  test("is one of its status, of publishers for a publisher alone", () => {
    fc.assert(
      fc.property(
        keys,
        fc.constantFrom("order-created", "publish-events", "publish-to-rabbitmq"),
        (failedKey, consumer) => {
          const partition = partitionOf(failedRow({ failedKey, consumer }));

          expect(partitionsOf("OPEN")).toContain(partition);
          expect(partitionsOf("OPEN", "publishers").includes(partition)).toBe(consumer !== "order-created");
          expect(partitionOf(failedRow({ failedKey, consumer }, "RESOLVED"))).toBe(
            partition.replace("OPEN", "RESOLVED"),
          );
        },
      ),
    );
  });

  test.each(["order-created", "publish-events"])("spreads the rows of %s evenly", (consumer) => {
    const rows = Array.from({ length: 4_000 }, (_, i) =>
      failedRow({ failedKey: `${consumer}~${i}`, consumer }),
    );
    const sizes = [...Map.groupBy(rows, partitionOf).values()].map(({ length }) => length);

    expect(sizes.length).toBe(
      partitionsOf("OPEN", "publishers").length * (consumer === "publish-events" ? 1 : 2),
    );
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.3);
  });
});

const at = "2026-01-01T12:00:00.000Z";
test.each([
  [
    "at the beginning",
    { counted: 0, at, open: { count: 7, isExact: true } },
    { count: 7, isExact: true, at },
  ],
  ["before the first count", { counted: 0, at }, undefined],
  ["in the first run", { cursor: "c", counted: 5 }, undefined],
  ["in the first round", { cursor: "c", counted: 5, at }, { count: 5, isExact: false, at }],
  [
    "in a round that has counted less than the last",
    { cursor: "c", counted: 5, at, open: { count: 7, isExact: true } },
    { count: 7, isExact: false, at },
  ],
  [
    "in a round that has counted more",
    { cursor: "c", counted: 9, at, open: { count: 7, isExact: false } },
    { count: 9, isExact: false, at },
  ],
])("the number of open messages %s", (_, progress, expected) => {
  expect(openCountOf(progress)).toEqual(expected);
});
