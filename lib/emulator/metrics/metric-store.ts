import type { MetricId, Statistic } from "../assembly/model.ts";
import type { Clock } from "../types.ts";
import { addTo, type Histogram, percentileOf } from "./histogram.ts";

export function statisticOf({ count, sum, min, max }: Statistics, statistic: Statistic): number {
  const values = { Sum: sum, Maximum: max, Minimum: min, Average: sum / count, SampleCount: count };
  return values[statistic];
}

/** The values recorded in a period. */
export interface Statistics {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface MetricTotals extends Statistics {
  readonly id: MetricId;
  /** The last value, for a gauge. */
  readonly last: number;
}

/** Live metrics of the emulator. */
export interface MetricStore {
  record(id: MetricId, value: number, at?: number): void;
  /** Undefined where nothing was recorded in `(from, to]`, in milliseconds since the epoch. */
  between(id: MetricId, from: number, to: number): Statistics | undefined;
  /**
   * One value for each of `count` steps of `stepMs` from `from` on: the sum, or the value below which a share of
   * all values lies. Null where nothing was recorded. `stepMs` is a multiple of SLOT_MS, and so is `from`.
   */
  steps(
    id: MetricId,
    statistic: "Sum" | { readonly share: number },
    steps: Steps,
  ): readonly (number | null)[];
  /** Since the start of the emulator, sorted by namespace, name and dimensions. */
  totals(): readonly MetricTotals[];
}

export interface Steps {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Values are kept in slots of this length, up to KEPT_MS. */
export const SLOT_MS = 5_000;
const KEPT_MS = 3 * 60 * 60 * 1000;

interface Series {
  readonly id: MetricId;
  readonly slots: Map<number, Statistics>;
  /** By slot; kept for the metrics with percentiles. */
  readonly histograms: Map<number, Histogram>;
  total: Statistics;
  last: number;
}

/** `percentiles` names the metrics whose distribution is kept. */
export function createMetricStore(clock: Clock, percentiles: ReadonlySet<string> = new Set()): MetricStore {
  const all = new Map<string, Series>();
  return {
    record(id, value, at = clock.now()) {
      const key = keyOf(id);
      const series = all.get(key) ?? newSeries(id, value);
      const slot = Math.floor(at / SLOT_MS);
      const one = { count: 1, sum: value, min: value, max: value };
      series.slots.set(slot, merge(series.slots.get(slot) ?? NOTHING, one));
      if (percentiles.has(id.name)) {
        const histogram: Histogram = series.histograms.get(slot) ?? new Map();
        addTo(histogram, value);
        series.histograms.set(slot, histogram);
      }
      series.total = merge(series.total, one);
      series.last = value;
      all.set(key, series);
      const oldest = (clock.now() - KEPT_MS) / SLOT_MS;
      forget(series.slots, oldest);
      forget(series.histograms, oldest);
    },
    between(id, from, to) {
      const slots = all.get(keyOf(id))?.slots;
      if (slots === undefined) return undefined;
      const within = [...slots].filter(([slot]) => slot * SLOT_MS > from - SLOT_MS && slot * SLOT_MS <= to);
      const merged = within.map(([, statistics]) => statistics).reduce(merge, NOTHING);
      return merged.count === 0 ? undefined : merged;
    },
    steps(id, statistic, steps) {
      const series = all.get(keyOf(id));
      if (statistic === "Sum") return grouped(series?.slots, steps).map((slots) => sumOf(slots));
      return grouped(series?.histograms, steps).map((slots) => percentileOf(slots, statistic.share) ?? null);
    },
    totals: () =>
      [...all.entries()]
        .sort(([left], [right]) => left.localeCompare(right))
        .map(([, { id, total, last }]) => ({ id, ...total, last })),
  };
}

const NOTHING: Statistics = {
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
};

const merge = (left: Statistics, right: Statistics): Statistics => ({
  count: left.count + right.count,
  sum: left.sum + right.sum,
  min: Math.min(left.min, right.min),
  max: Math.max(left.max, right.max),
});

const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  JSON.stringify([namespace, name, ...Object.entries(dimensions).sort()]);

const newSeries = (id: MetricId, last: number): Series => ({
  id,
  slots: new Map(),
  histograms: new Map(),
  total: NOTHING,
  last,
});

const sumOf = (slots: readonly Statistics[]): number | null =>
  slots.length === 0 ? null : slots.reduce((sum, slot) => sum + slot.sum, 0);

/** The slots of each step. */
function grouped<T>(slots: ReadonlyMap<number, T> | undefined, { from, stepMs, count }: Steps): T[][] {
  const groups = Array.from({ length: count }, (): T[] => []);
  for (const [slot, value] of slots ?? []) groups[Math.floor((slot * SLOT_MS - from) / stepMs)]?.push(value);
  return groups;
}

/** Slots are inserted nearly in the order of time: the oldest come first. */
function forget(slots: Map<number, unknown>, before: number): void {
  for (const slot of slots.keys()) {
    if (slot >= before) return;
    slots.delete(slot);
  }
}
