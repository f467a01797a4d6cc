import type { ConsumerView, FailureGroups, OpenCount } from "../../../functions/contract/operator-answers.ts";
import { count, pluralize } from "./count.ts";
import type { AlarmView, MetricsAnswer, SeriesName } from "./view-types.ts";

/** Something that an operator has to look at. */
export interface Concern {
  readonly kind: "crashes" | "attempts" | "api-errors" | "failed" | "paused" | "alarms";
  readonly text: string;
  /** The function or consumer, of `crashes`, `attempts` and `paused`. */
  readonly of?: string;
}

/** What was read; a part that could not be read, or that the app does not have, is absent. */
export interface Observed {
  readonly metrics?: MetricsAnswer | undefined;
  readonly groups?: FailureGroups | undefined;
  readonly consumers?: readonly ConsumerView[] | undefined;
  readonly alarms?: readonly AlarmView[] | undefined;
}

/** Metrics are counted over the last minutes, before an alarm goes off. */
export const RECENT_MINUTES = 5;
/** Metrics of a deployment are a minute late. */
const NOW_MINUTES = 2;
const RECENT = `in the last ${RECENT_MINUTES} minutes`;

/**
 * What fails now, what waits for an operator or soon will, the alarms, and what failed in the last minutes and has ended.
 */
export function concernsOf({ metrics, groups, consumers = [], alarms = [] }: Observed): readonly Concern[] {
  const failures = metrics === undefined ? [] : [...crashesIn(metrics), ...apiErrorsIn(metrics)];
  const attempts = metrics === undefined ? [] : attemptsIn(metrics);
  return [
    ...failures.filter(({ isNow }) => isNow).map(({ concern }) => concern),
    ...(groups === undefined ? [] : failedIn(groups)),
    ...attempts,
    ...consumers.flatMap(stopped),
    ...activeIn(alarms),
    ...failures.filter(({ isNow }) => !isNow).map(({ concern }) => concern),
  ];
}

/** The sum of a series over the last minutes; of one function, or of the service. */
export function recentSum(
  { stepSeconds, series }: MetricsAnswer,
  name: string,
  of?: string,
  minutes = RECENT_MINUTES,
): number {
  const steps = Math.ceil((minutes * 60) / stepSeconds);
  const found = series.find((each) => each.name === name && each.consumer === of);
  return (found?.values ?? []).slice(-steps).reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** The functions or consumers that have a series of their own. */
const sourcesOf = ({ series }: MetricsAnswer, name: SeriesName): readonly string[] =>
  series.flatMap((each) => (each.name === name ? (each.consumer ?? []) : []));

const ended = (isNow: boolean): string => (isNow ? "" : `, none in the last ${NOW_MINUTES}`);

interface Failures {
  readonly concern: Concern;
  /** Whether it failed in the last minutes too, or has ended. */
  readonly isNow: boolean;
}

function crashesIn(metrics: MetricsAnswer): Failures[] {
  return sourcesOf(metrics, "errors")
    .map((of) => ({ of, crashes: recentSum(metrics, "errors", of) }))
    .filter(({ crashes }) => crashes > 0)
    .sort((one, other) => other.crashes - one.crashes)
    .map(({ of, crashes }) => {
      const isNow = recentSum(metrics, "errors", of, NOW_MINUTES) > 0;
      const text = `${pluralize(crashes, "invocation")} of ${of} crashed ${RECENT}${ended(isNow)}`;
      return { concern: { kind: "crashes", of, text }, isNow };
    });
}

/** Failed attempts are retried: fewer, or less than half of them, need no operator. */
const FEWEST_FAILED = 5;

function attemptsIn(metrics: MetricsAnswer): Concern[] {
  const recent = `in the last ${NOW_MINUTES} minutes`;
  return sourcesOf(metrics, "failed")
    .map((of) => ({
      of,
      failed: recentSum(metrics, "failed", of, NOW_MINUTES),
      consumed: recentSum(metrics, "consumed", of, NOW_MINUTES),
    }))
    .filter(({ failed, consumed }) => failed >= FEWEST_FAILED && failed > consumed)
    .map(({ of, failed, consumed }) => ({
      kind: "attempts",
      of,
      text: `${count(failed)} of ${pluralize(failed + consumed, "attempt")} of ${of} failed ${recent}`,
    }));
}

function apiErrorsIn(metrics: MetricsAnswer): Failures[] {
  const errors = recentSum(metrics, "apiErrors");
  if (errors === 0) return [];
  const requests = pluralize(recentSum(metrics, "apiRequests"), "request");
  const isNow = recentSum(metrics, "apiErrors", undefined, NOW_MINUTES) > 0;
  const text = `${count(errors)} of ${requests} failed in the API ${RECENT}${ended(isNow)}`;
  return [{ concern: { kind: "api-errors", text }, isNow }];
}

/** The number of open messages: exact, or at least an estimate where the groups hold only some of them. */
export function openIn({ groups, isComplete, openCount }: FailureGroups): Omit<OpenCount, "at"> {
  const counted = groups.reduce((sum, { count }) => sum + count, 0);
  if (isComplete || openCount === undefined) return { count: counted, isExact: isComplete };
  return { count: Math.max(counted, openCount.count), isExact: openCount.isExact };
}

function failedIn(found: FailureGroups): Concern[] {
  const { groups, isComplete } = found;
  const { count: open, isExact } = openIn(found);
  if (open === 0) return [];
  const causes =
    groups.length > 1
      ? ` with ${isComplete ? "" : "at least "}${groups.length} causes`
      : isComplete && open > 1
        ? " with the same cause"
        : "";
  return [
    { kind: "failed", text: `${isExact ? "" : "About "}${pluralize(open, "failed message")}${causes}` },
  ];
}

function stopped({ name, state, pause }: ConsumerView): Concern[] {
  if (state === "OFF")
    return [{ kind: "paused", of: name, text: `${name} is off, and no operator has paused it` }];
  if (state !== "PAUSED") return [];
  const by =
    pause === undefined
      ? ""
      : ` since ${pause.at} by ${pause.by}${pause.why === undefined ? "" : `: ${pause.why}`}`;
  return [{ kind: "paused", of: name, text: `${name} is paused${by}` }];
}

function activeIn(alarms: readonly AlarmView[]): Concern[] {
  const active = alarms.filter(({ state }) => state === "ALARM").length;
  return active === 0 ? [] : [{ kind: "alarms", text: pluralize(active, "active alarm") }];
}
