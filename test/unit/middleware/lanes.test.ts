import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lanesOf, runLanes, runWaves } from "../../../functions/middleware/batch.ts";

describe("lanesOf", () => {
  test("groups by name in the records' order; a record without a lane has its own", () => {
    const names = ["a", undefined, "b", "a", undefined, "b", "a"];

    expect(lanesOf(names.length, (i) => names[i])).toEqual([[0, 3, 6], [1], [2, 5], [4]]);
    expect(lanesOf(0, () => "a")).toEqual([]);
  });
});

const batches = fc.record({
  names: fc.array(fc.option(fc.constantFrom("a", "b", "c", "d"), { nil: undefined }), { maxLength: 30 }),
  concurrency: fc.integer({ min: 1, max: 8 }),
  stops: fc.uniqueArray(fc.nat(29)),
  seed: fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }),
});

const turns = async (count = 0) => {
  for (let i = 0; i < count; i++) await Promise.resolve();
};

describe("runLanes", () => {
  test("is serial within a lane, stops it on request, and never exceeds the concurrency", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ names, concurrency, stops, seed }) => {
        const lanes = lanesOf(names.length, (i) => names[i]);
        const inFlight = new Set<number>();
        const finished: number[] = [];
        let most = 0;
        await runLanes(lanes, concurrency, async (index) => {
          const lane = lanes.find((each) => each.includes(index)) ?? [];
          expect(lane.some((other) => inFlight.has(other))).toBe(false);
          inFlight.add(index);
          most = Math.max(most, inFlight.size);
          await turns(seed[index]);
          inFlight.delete(index);
          finished.push(index);
          return !stops.includes(index);
        });

        expect(most).toBeLessThanOrEqual(concurrency);
        for (const lane of lanes) {
          const end = lane.findIndex((index) => stops.includes(index));
          const expected = end === -1 ? lane : lane.slice(0, end + 1);
          expect(finished.filter((index) => lane.includes(index))).toEqual(expected);
        }
      }),
    );
  });

  test("uses the full concurrency while one lane waits", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const started: number[] = [];

    const done = runLanes([[0, 1], [2], [3], [4]], 3, async (index) => {
      started.push(index);
      if (index === 0) await promise;
      return true;
    });
    await turns(20);

    expect(started).toEqual([0, 2, 3, 4]);
    resolve();
    await done;
    expect(started).toEqual([0, 2, 3, 4, 1]);
  });
});

describe("runWaves", () => {
  test("runs the heads of all lanes together, then the next of those that continue", async () => {
    const waves: number[][] = [];

    await runWaves([[0, 3, 6], [1], [2, 5, 7]], async (wave) => {
      waves.push([...wave]);
      return wave.map((index) => index !== 3);
    });

    expect(waves).toEqual([[0, 1, 2], [3, 5], [7]]);
  });

  test("runs each record at most once, never two of a lane together, none after a stop", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ names, stops }) => {
        const lanes = lanesOf(names.length, (i) => names[i]);
        const ran: number[] = [];
        await runWaves(lanes, async (wave) => {
          for (const lane of lanes)
            expect(wave.filter((index) => lane.includes(index)).length).toBeLessThan(2);
          ran.push(...wave);
          return wave.map((index) => !stops.includes(index));
        });

        for (const lane of lanes) {
          const end = lane.findIndex((index) => stops.includes(index));
          expect(ran.filter((index) => lane.includes(index))).toEqual(
            end === -1 ? lane : lane.slice(0, end + 1),
          );
        }
      }),
    );
  });

  test("a wave with too few outcomes stops the others", async () => {
    const waves: number[][] = [];

    await runWaves(
      [
        [0, 2],
        [1, 3],
      ],
      async (wave) => {
        waves.push([...wave]);
        return [true];
      },
    );

    expect(waves).toEqual([[0, 1], [2]]);
  });
});
