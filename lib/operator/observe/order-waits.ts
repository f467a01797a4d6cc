import { KAFKA_CONSUMER, RABBITMQ_CONSUMER } from "../../../functions/contract/broker-names.ts";
import { MAIL_FEEDBACK } from "../../../functions/contract/names.ts";
import type { ConsumerView, FailedSummary } from "../../../functions/contract/operator-answers.ts";
import { eventIdOf, isUnfinished, STATUS_RULES } from "../../../functions/contract/order-status.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { RECENT_MINUTES, recentSum } from "./concerns.ts";
import { pluralize } from "./count.ts";
import { LOST, lostAttempts } from "./lost-attempts.ts";
import type { MetricsAnswer, QueueState, TimelineEntry } from "./view-types.ts";

/** Why the latest event of an order has no outcome yet. A text says "probably" where the sources cannot show it. */
export interface OrderWait {
  readonly consumer: string;
  readonly text: string;
  /** The failed message that it waits for. */
  readonly failedKey?: string;
  /** The latest invocation with the event, or one that crashed and probably had it. */
  readonly attempt?: TimelineEntry;
  /** Without the timeline: invocations of the consumer crashed lately. */
  readonly hasCrashes?: true;
  /** The order whose address was suppressed, so that its mail was not sent or did not arrive. */
  readonly suppressedOrder?: string;
}

/** What was read about an order; a part that could not be read is absent. */
export interface OrderSources {
  readonly order: OrderView;
  readonly entries?: readonly TimelineEntry[] | undefined;
  readonly consumers?: readonly ConsumerView[] | undefined;
  readonly queues?: readonly QueueState[] | undefined;
  readonly metrics?: MetricsAnswer | undefined;
  /** Failed messages of the event. */
  readonly failed: readonly FailedSummary[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The event of the order's status: `<orderId>:<version>:<type>`. */
export const latestEventOf = ({ orderId, version, status }: OrderView): string =>
  eventIdOf(orderId, version, String(STATUS_RULES[status]?.event));

/** The publishers and consumers that an event passes. The failed message of each has the key `<name>~<event>`. */
export function readersOf({ status }: OrderView, consumers: readonly ConsumerView[]): readonly string[] {
  const type = STATUS_RULES[status]?.event;
  return consumers
    .filter(({ on, state }) => state !== "NOT_PROCESSING" && on.some((each) => each === type))
    .map(({ name }) => name);
}

const PUBLISHER = "publish-events";
/** The consumers that change orders, by name: their declarations are not in the console's page. */
export const FINISHERS: ReadonlySet<string> = new Set([
  "order-created",
  "order-cancelled",
  KAFKA_CONSUMER,
  RABBITMQ_CONSUMER,
]);
/** The consumer that sends mails, as above. */
export const MAILER = "notify-customer";
/** Outcomes after which a consumer does not get the event again. */
const FINAL: readonly string[] = ["done", "mailed", "published", "duplicate", "ignored"];
/** An order is mostly decided in a second. */
const DECIDED_WITHIN_MS = 5_000;

/** Where the latest event of an order waits; empty where each of its readers has finished it. */
export function waitsOf(sources: OrderSources): readonly OrderWait[] {
  const { order, consumers = [], entries = [], now } = sources;
  const waits = readersOf(order, consumers).flatMap((name) => waitAt(name, sources) ?? []);
  // The first that holds it: those behind it have not seen it.
  const held = waits.find(({ consumer }) => consumer === PUBLISHER);
  if (held !== undefined) return [held];
  const isYoung = now - Date.parse(order.updatedAt) < DECIDED_WITHIN_MS;
  // A mail may wait as well: it does not explain why stock stays held.
  const isExplained = waits.some(({ consumer }) => order.status === "PENDING" || FINISHERS.has(consumer));
  if (isExplained || !isUnfinished(order) || isYoung || consumers.length === 0) return waits;
  const seen = entries.length === 0 ? "no attempt, " : "";
  return [
    ...waits,
    {
      consumer: PUBLISHER,
      text: `It is unknown where its event is: ${seen}no failed message and no paused consumer is known, and no message waits in a queue. Maintenance publishes it again once it is older than maxPendingSeconds.`,
    },
  ];
}

/** What the provider reported of the latest mail after it had accepted it. */
const FEEDBACK: Readonly<Record<string, string>> = {
  bounced: "bounced, and its address was suppressed",
  complained: "led to a complaint, and its address was suppressed",
  rejected: "was rejected by the provider and is not delivered",
};

/** The mail about the latest event, where it was not sent or did not arrive. */
export function failedMail({ order, entries = [] }: Progress): readonly OrderWait[] {
  const event = latestEventOf(order);
  const about = `The mail about ${STATUS_RULES[order.status]?.event}`;
  const known = entries.filter((entry) => entry.event === event);
  const feedback = known.findLast(({ source, outcome }) => source === MAIL_FEEDBACK && outcome in FEEDBACK);
  if (feedback !== undefined) {
    const { source: consumer, outcome, at } = feedback;
    const text = `${about} ${FEEDBACK[outcome]} (${new Date(at).toISOString()}).`;
    return [{ consumer, text, ...suppressedBy(text, order) }];
  }
  // A later message of the event is ignored too, for another reason.
  const ignored = known.find(({ source, outcome }) => source === MAILER && outcome === "ignored");
  if (ignored === undefined || known.some(({ outcome }) => outcome === "mailed")) return [];
  const text = `${about} was not sent: ${ignored.detail}.`;
  return [{ consumer: MAILER, text, ...suppressedBy(text, order) }];
}

/** A later version may word it differently: then the command is not offered. */
const suppressedBy = (text: string, { orderId }: OrderView): Partial<OrderWait> =>
  text.includes(" suppressed") ? { suppressedOrder: orderId } : {};

type Progress = Pick<OrderSources, "order" | "entries">;

/** The attempts of a consumer on the latest event; none without the timeline. */
const attemptsOf = (name: string, { order, entries = [] }: Progress) => {
  const event = latestEventOf(order);
  return entries.filter(
    (entry) => entry.source === name && entry.event === event && entry.outcome !== "crashed",
  );
};

/** Whether a consumer has finished the latest event. */
export const hasFinished = (name: string, progress: Progress): boolean =>
  attemptsOf(name, progress).some(({ outcome }) => FINAL.includes(outcome));

/**
 * Without a line of its event a consumer may have finished it before the oldest line, unless the order shows that its effect
 * is missing.
 */
export const mayBeFinished = (name: string, { order, entries = [] }: Progress): boolean => {
  if (isUnfinished(order) && (order.status === "PENDING" || FINISHERS.has(name))) return false;
  const event = latestEventOf(order);
  return !entries.some((entry) => entry.event === event);
};

function waitAt(name: string, sources: OrderSources): OrderWait | undefined {
  const { order, consumers = [], failed, now } = sources;
  if (hasFinished(name, sources)) return undefined;
  const row = failed.find(({ consumer, status }) => consumer === name && status !== "RESOLVED");
  if (row !== undefined) return { consumer: name, text: rowText(row), failedKey: row.failedKey };
  const isOld = mayBeFinished(name, sources);
  const view = consumers.find((each) => each.name === name);
  if (view?.state === "PAUSED") {
    // Without a line of its event, too, it waits where the pause is older than the event.
    const isHeld = !isOld || Date.parse(view.pause?.at ?? "") <= Date.parse(order.updatedAt);
    return isHeld ? { consumer: name, text: pausedText(view, sources.entries !== undefined) } : undefined;
  }
  if (view?.state === "OFF")
    return isOld
      ? undefined
      : { consumer: name, text: `Held by ${name}, which is off although no operator has paused it.` };
  const attempts = attemptsOf(name, sources);
  const last = attempts.at(-1);
  const text = last === undefined ? probableText(name, sources) : attemptsText(name, attempts, last, now);
  if (text === undefined || (last === undefined && isOld)) return undefined;
  return { consumer: name, text, ...lookAt(name, sources) };
}

function rowText({
  status,
  consumer,
  reason,
  errorMessage,
  lastAt,
  dueAt,
  failedKey,
}: FailedSummary): string {
  const why = errorMessage === undefined ? reason : `${reason}: ${errorMessage}`;
  switch (status) {
    case "OPEN":
      return `Parked by ${consumer} since ${lastAt} (${why}). Failed message ${failedKey}.`;
    case "RETRYING":
      return `Failed in ${consumer} (${why}) and is retried, until ${dueAt} at the latest.`;
    case "REDRIVEN":
      return `Redriven to ${consumer}, and has had no outcome since. Failed message ${failedKey}.`;
    default:
      return `Discarded by an operator: ${consumer} will not handle it. Failed message ${failedKey}.`;
  }
}

/** Without the attempts the consumer may have finished it before the pause. */
function pausedText({ name, pause }: ConsumerView, isKnown: boolean): string {
  const why = pause?.why === undefined ? "" : `: ${pause.why}`;
  return `${isKnown ? "Held" : "Probably held"} by ${name}, which is paused since ${pause?.at} by ${pause?.by}${why}.`;
}

/** An attempt writes a line when it ends. A number that is left out had no end: a crash, a time-out or a throttle. */
function attemptsText(
  name: string,
  attempts: readonly TimelineEntry[],
  last: TimelineEntry,
  now: number,
): string {
  let lost = 0;
  let before = 0;
  for (const { attempt = before + 1 } of attempts) {
    lost += lostAttempts(before, attempt).length;
    before = attempt;
  }
  const failed = `${pluralize(attempts.length, "attempt")} failed${last.detail === undefined ? "" : ` (${last.detail})`}`;
  const crashed = lost === 0 ? "" : `, ${lost} had no outcome: ${LOST}`;
  const received = `${name} received it ${attempts.length + lost === 1 ? "once" : `${attempts.length + lost} times`}`;
  return `${received}: ${failed}${crashed}. ${nextText(last, now)}`;
}

function nextText({ at, durationMs = 0, retryInSeconds }: TimelineEntry, now: number): string {
  if (retryInSeconds === undefined) return "It is retried from the dead-letter queue.";
  const inSeconds = Math.ceil((at + durationMs + retryInSeconds * 1_000 - now) / 1_000);
  return inSeconds > 0 ? `The next try is in ${inSeconds} s.` : `The next try was due ${-inSeconds} s ago.`;
}

function lookAt(name: string, { order, entries, metrics }: OrderSources): Partial<OrderWait> {
  const event = latestEventOf(order);
  const attempt = entries?.findLast(
    (entry) => entry.source === name && entry.event === event && entry.requestId !== undefined,
  );
  if (attempt !== undefined) return { attempt };
  return crashesOf(name, metrics) > 0 ? { hasCrashes: true } : {};
}

const crashesOf = (name: string, metrics: MetricsAnswer | undefined): number =>
  metrics === undefined ? 0 : recentSum(metrics, "errors", name);

/** Without an attempt: what the metrics and the queue suggest. */
function probableText(name: string, { metrics, queues = [] }: OrderSources): string | undefined {
  const crashes = crashesOf(name, metrics);
  if (crashes > 0) {
    return `No attempt of ${name} has ended, and ${pluralize(crashes, "invocation")} of it crashed in the last ${RECENT_MINUTES} minutes: probably also those with this event. It is received again after the visibility time-out.`;
  }
  const queue = queues.find(({ consumer }) => consumer === name);
  if (queue === undefined || queue.waiting + queue.inFlight === 0) return undefined;
  const oldest = queue.oldestSeconds === undefined ? "" : `, the oldest for ${queue.oldestSeconds} s`;
  return `Probably waits in the queue of ${name}: ${queue.waiting} wait there and ${queue.inFlight} are in flight${oldest}.`;
}
