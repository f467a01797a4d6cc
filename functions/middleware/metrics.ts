import { type Batch, type BatchMiddleware, batchOf, recordAt } from "./batch.ts";
import { CONSUMER_METRICS } from "./engine-names.ts";
import type { Outcome } from "./outcome.ts";

export type OutcomeCount = "consumed" | "duplicate" | "ignored" | "failed" | "parked";

export interface MetricsOptions {
  /** The CloudWatch namespace. Default: `messages`. */
  readonly namespace?: string;
  /** Value of the dimension `service`, which distinguishes stages. Default: the namespace. */
  readonly service?: string;
  /** Metrics under other names, computed from the counts of one type. */
  readonly alsoCount?: (counts: Readonly<Record<OutcomeCount, number>>) => Readonly<Record<string, number>>;
}

/** The CloudWatch namespace where none is given. */
export const NAMESPACE = "messages";

interface Tally extends Record<OutcomeCount, number> {
  received: number;
  readonly elapsedMs: number[];
  readonly ageMs: number[];
}

const COUNT_OF: Readonly<Record<Outcome["kind"], OutcomeCount>> = {
  done: "consumed",
  duplicate: "duplicate",
  ignored: "ignored",
  retry: "failed",
  park: "parked",
};

/**
 * Writes one line of CloudWatch's embedded metric format for each event type of a batch.
 * received = consumed + duplicate + ignored + failed + parked, exactly.
 */
export function metrics(options: MetricsOptions = {}): BatchMiddleware {
  return {
    after(request) {
      const batch = batchOf(request);
      const tallies = new Map<string, Tally>();
      for (let index = 0; index < batch.records.length; index++) count(tallies, batch, index);
      for (const [type, tally] of tallies) batch.lines += metricsLine(batch, type, tally, options);
    },
  };
}

function count(tallies: Map<string, Tally>, batch: Batch, index: number): void {
  const { raw, content } = recordAt(batch, index);
  const outcome = batch.outcomes[index];
  const type = content.kind === "message" ? content.type : "unknown";
  let tally = tallies.get(type);
  if (tally === undefined) {
    tally = {
      received: 0,
      consumed: 0,
      duplicate: 0,
      ignored: 0,
      failed: 0,
      parked: 0,
      elapsedMs: [],
      ageMs: [],
    };
    tallies.set(type, tally);
  }
  tally.received += 1;
  tally[outcome === undefined ? "failed" : COUNT_OF[outcome.kind]] += 1;
  if (outcome !== undefined) tally.elapsedMs.push(batch.elapsedMs[index] ?? 0);
  // Clocks differ, and a record may have no time: an age is a number and not below 0.
  tally.ageMs.push(Math.max(0, batch.startedAt - batch.options.transport.sentAt(raw) || 0));
}

function metricsLine(
  batch: Batch,
  type: string,
  tally: Tally,
  { namespace = NAMESPACE, service = namespace, alsoCount }: MetricsOptions,
): string {
  const counts: Record<string, number> = {
    [CONSUMER_METRICS.received]: tally.received,
    [CONSUMER_METRICS.consumed]: tally.consumed,
    [CONSUMER_METRICS.duplicate]: tally.duplicate,
    [CONSUMER_METRICS.ignored]: tally.ignored,
    [CONSUMER_METRICS.failed]: tally.failed,
    [CONSUMER_METRICS.parked]: tally.parked,
    ...alsoCount?.(tally),
  };
  return emfLine({
    namespace,
    at: batch.startedAt,
    dimensions: { service, consumer: batch.options.name, type },
    dimensionSets: [["service", "consumer", "type"], ["service"]],
    counts,
    milliseconds: {
      [CONSUMER_METRICS.processingTime]: tally.elapsedMs,
      [CONSUMER_METRICS.messageAge]: tally.ageMs,
    },
  });
}

/** One line of CloudWatch's embedded metric format, as data. */
export interface MetricsLine {
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly dimensionSets: readonly (readonly string[])[];
  /** Counts of 0 are left out: each name with each dimension set is a paid metric. */
  readonly counts: Readonly<Record<string, number>>;
  readonly milliseconds?: Readonly<Record<string, readonly number[]>>;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const VALUES_PER_METRIC = 100;

/** The line, newline included. Of more than 100 durations, 100 evenly ranked ones are kept, with the shortest and longest. */
export function emfLine(line: MetricsLine): string {
  const metrics: { Name: string; Unit: "Count" | "Milliseconds" }[] = [];
  const values: Record<string, number | readonly number[]> = {};
  for (const [Name, count] of Object.entries(line.counts)) {
    if (count <= 0) continue;
    metrics.push({ Name, Unit: "Count" });
    values[Name] = count;
  }
  for (const [Name, times] of Object.entries(line.milliseconds ?? {})) {
    if (times.length === 0) continue;
    metrics.push({ Name, Unit: "Milliseconds" });
    values[Name] = sample(times);
  }
  const directive = { Namespace: line.namespace, Dimensions: line.dimensionSets, Metrics: metrics };
  const about = { Timestamp: line.at, CloudWatchMetrics: [directive] };
  return `${JSON.stringify({ _aws: about, ...line.dimensions, ...values })}\n`;
}

function sample(values: readonly number[]): readonly number[] {
  if (values.length <= VALUES_PER_METRIC) return values;
  const ranked = values.toSorted((one, other) => one - other);
  const step = (values.length - 1) / (VALUES_PER_METRIC - 1);
  return Array.from({ length: VALUES_PER_METRIC }, (_, i) => ranked[Math.round(i * step)] ?? 0);
}

/** Not console.log: its prefix on each line would break the metrics format. */
export function writeToStdout(text: string): void {
  process.stdout.write(text);
}
