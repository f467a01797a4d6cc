import type { Clock } from "../types.ts";

/** A metric is its namespace, its name and one set of dimensions, as in CloudWatch. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The statistics of CloudWatch that can be computed without keeping each value. */
export const STATISTICS = ["Sum", "Maximum", "Minimum", "Average", "SampleCount"] as const;
export type Statistic = (typeof STATISTICS)[number];

export function statisticOf({ count, sum, min, max }: Statistics, statistic: Statistic): number {
  const values = { Sum: sum, Maximum: max, Minimum: min, Average: sum / count, SampleCount: count };
  return values[statistic];
}

/** What was recorded in a stretch of time. */
export interface Statistics {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface MetricTotals extends Statistics {
  readonly id: MetricId;
  /** The last value recorded: what a gauge shows. */
  readonly last: number;
}

/** Live metrics of the stage. */
export interface MetricStore {
  record(id: MetricId, value: number, at?: number): void;
  /** Undefined when nothing was recorded in `(from, to]`, in milliseconds since the epoch. */
  between(id: MetricId, from: number, to: number): Statistics | undefined;
  /** Since the start of the stage, sorted by namespace, name and dimensions. */
  totals(): readonly MetricTotals[];
}

/** Values are kept in slots of this length, for as long as the longest alarm looks back. */
const SLOT_MS = 5_000;
const KEPT_MS = 2 * 60 * 60 * 1000;

interface Series {
  readonly id: MetricId;
  readonly slots: Map<number, Statistics>;
  total: Statistics;
  last: number;
}

export function createMetricStore(clock: Clock): MetricStore {
  const all = new Map<string, Series>();
  return {
    record(id, value, at = clock.now()) {
      const series = all.get(keyOf(id)) ?? { id, slots: new Map(), total: NOTHING, last: value };
      const slot = Math.floor(at / SLOT_MS);
      const one = { count: 1, sum: value, min: value, max: value };
      series.slots.set(slot, merge(series.slots.get(slot) ?? NOTHING, one));
      series.total = merge(series.total, one);
      series.last = value;
      all.set(keyOf(id), series);
      forget(series, (clock.now() - KEPT_MS) / SLOT_MS);
    },
    between(id, from, to) {
      const slots = all.get(keyOf(id))?.slots;
      if (slots === undefined) return undefined;
      const within = [...slots].filter(([slot]) => slot * SLOT_MS > from - SLOT_MS && slot * SLOT_MS <= to);
      const merged = within.map(([, statistics]) => statistics).reduce(merge, NOTHING);
      return merged.count === 0 ? undefined : merged;
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

/** Slots are inserted in the order of time, or nearly: the oldest come first. */
function forget({ slots }: Series, before: number): void {
  for (const slot of slots.keys()) {
    if (slot >= before) return;
    slots.delete(slot);
  }
}
