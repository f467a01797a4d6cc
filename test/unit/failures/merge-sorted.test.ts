import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeSorted, type Part, type Read } from "../../../functions/adapters/merge-sorted.ts";

/** A source of these parts, which counts its reads. */
function sourceOf(parts: readonly (readonly number[])[], reads: { count: number }): Read<number> {
  const read = async (at: number): Promise<Part<number>> => {
    reads.count += 1;
    const items = parts[at] ?? [];
    return at + 1 < parts.length ? { items, next: () => read(at + 1) } : { items };
  };
  return () => read(0);
}

/** Sorted numbers in parts, some of them empty. */
const parts = fc
  .tuple(fc.array(fc.nat(100)), fc.array(fc.nat(4), { minLength: 1 }))
  .map(([numbers, sizes]) => {
    const left = numbers.sort((one, other) => one - other);
    const cut: number[][] = [];
    for (let i = 0; left.length > 0 || cut.length === 0; i++)
      cut.push(left.splice(0, (sizes[i % sizes.length] ?? 0) + (i % 2)));
    return cut;
  });

test("several sorted sources are merged in order, up to the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(parts, { maxLength: 6 }),
      fc.integer({ min: 1, max: 60 }),
      async (all, limit) => {
        const reads = { count: 0 };
        const sources = all.map((each) => sourceOf(each, reads));

        const { items, hasMore } = await mergeSorted(sources, limit, (one, other) => one < other);

        const sorted = all.flat(2).sort((one, other) => one - other);
        expect(items).toEqual(sorted.slice(0, limit));
        // True as well where the rest of a source turns out to be empty.
        if (sorted.length > limit) expect(hasMore).toBe(true);
        if (!hasMore) expect(reads.count).toBe(all.flat().length);
      },
    ),
  );
});

test("a source is read on only once its items are used up", async () => {
  const reads = { count: 0 };
  const sources = [
    [[1, 2, 3], [4]],
    [[10], [11]],
  ].map((each) => sourceOf(each, reads));

  const { items, hasMore } = await mergeSorted(sources, 3, (one, other) => one < other);

  expect({ items, hasMore, reads: reads.count }).toEqual({ items: [1, 2, 3], hasMore: true, reads: 2 });
});

test("a source that fails fails the merge", async () => {
  const failing: Read<number> = () => Promise.reject(new Error("throttled"));

  await expect(mergeSorted([failing], 1, (one, other) => one < other)).rejects.toThrow("throttled");
});
