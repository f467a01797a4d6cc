/** Counts of values in buckets whose width grows with the value. Percentiles are accurate to 5 %. */
export type Histogram = Map<number, number>;

const GROWTH = Math.log(1.05);
/** Values at 0 and below. */
const LOWEST = -1_000;

export function addTo(histogram: Histogram, value: number): void {
  const bucket = value > 0 ? Math.max(LOWEST + 1, Math.ceil(Math.log(value) / GROWTH)) : LOWEST;
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
}

/** The value below which the share (0 to 1) of all values lies; undefined without values. */
export function percentileOf(histograms: readonly Histogram[], share: number): number | undefined {
  const merged = new Map<number, number>();
  let total = 0;
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) {
      merged.set(bucket, (merged.get(bucket) ?? 0) + count);
      total += count;
    }
  }
  let seen = 0;
  for (const [bucket, count] of [...merged].sort(([left], [right]) => left - right)) {
    seen += count;
    if (seen >= share * total) return bucket === LOWEST ? 0 : Math.exp(bucket * GROWTH);
  }
  return undefined;
}
