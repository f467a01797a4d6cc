import type { OperationId } from "../../../functions/contract/api.ts";
import type { Role } from "../../../functions/contract/roles.ts";
import type { EventTopic } from "../events/copy-as.ts";

/**
 * Types of the console's own API. Addresses are relative to the page's folder:
 * `/console/` where the command line serves it, `/_emulator/console/` on the local emulator.
 *
 *     GET  api/about             ConsoleAbout
 *     GET  api/queues            QueueState[]
 *     GET  api/metrics?minutes=N MetricsAnswer        N is a whole number from 1 to 180
 *     GET  api/alarms            AlarmView[]
 *     GET  api/timeline?orderId= Timeline
 *     GET  api/live?after=…      LiveAnswer           with the fields of LiveFilter
 *     GET  api/invocation?requestId=…  InvocationLog  with the fields of InvocationQuery
 *     GET  api/peek?queue=…      QueuePeek            emulator only
 *     GET  api/mailbox           MailView[]           emulator only, newest first
 *     GET  api/functions         FunctionView[]       emulator only
 *     GET  api/logs              LogView[]            emulator only, newest first
 *     GET  api/faults            FaultsView           emulator only
 *     POST api/events            EventRequest → SentEvent   emulator only
 *     POST api/break             BreakRequest → FaultsView
 *     POST api/mend              MendRequest → FaultsView
 *     ANY  api/orders, api/stock, api/failed-messages, api/consumers …   forwarded to the REST API
 *
 * Errors are `application/problem+json`. All times are milliseconds since the epoch.
 */

export interface ConsoleAbout {
  readonly where: "local" | "aws";
  /** Name of the stage: `local`, `prod`. */
  readonly stage: string;
  readonly region: string;
  /** Address of the REST API. */
  readonly url: string;
  /** What this console supports besides failed messages. */
  readonly can: ConsolePowers;
  /** The consumers of the target; all that are declared where it is not known which are deployed. */
  readonly consumers: readonly string[];
  /** The role whose acts are offered; absent where the target checks none. */
  readonly role?: Role;
  /** The operations of the API that are offered. */
  readonly operations: readonly OperationId[];
  /** The topic of the events; absent where it is not known. */
  readonly topic?: EventTopic;
}

export interface ConsolePowers {
  /** Break and mend parts of the emulator. */
  readonly break: boolean;
  /** Show orders and the failed messages of their events. */
  readonly orders: boolean;
  /** Show the functions and their log. */
  readonly functions: boolean;
  /** Read the mails that were sent. */
  readonly mailbox: boolean;
  /** Send events. */
  readonly sendEvents: boolean;
  /** Place orders and set stock. */
  readonly placeOrders: boolean;
}

export interface QueueNames {
  readonly source: string;
  readonly deadLetters?: string;
  readonly undelivered?: string;
}

/** A consumer's queue with its dead-letter queue and undelivered messages. */
export interface QueueState {
  readonly consumer: string;
  /** Waiting messages, including delayed ones. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Messages in its dead-letter queue. */
  readonly deadLetters: number;
  /** Messages that SNS could not deliver to the queue. */
  readonly undelivered: number;
  /** Names of its queues for `api/peek`; absent where it cannot read them. */
  readonly names?: QueueNames;
  /** Age of the oldest message, in seconds; absent for an empty queue or where it is unknown. */
  readonly oldestSeconds?: number;
}

/**
 * Names of the series that the page draws; it ignores others. `consumed` excludes the publishers, which consume records
 * of the orders' stream.
 */
export const SERIES = [
  "published",
  "received",
  "consumed",
  "duplicate",
  "ignored",
  "failed",
  "parked",
  "processingP50",
  "processingP99",
  "orderLatencyP50",
  "orderLatencyP99",
] as const;
/**
 * Of an app without order events: of each function. `errors`, crashes and time-outs, also of order events: of the service,
 * and of each function that had any.
 */
const FUNCTION_SERIES = ["invocations", "errors", "durationP50", "durationP99"] as const;
/** Of the API: all requests, and those answered 5xx. */
const API_SERIES = ["apiRequests", "apiErrors"] as const;
export type SeriesName =
  | (typeof SERIES)[number]
  | (typeof FUNCTION_SERIES)[number]
  | (typeof API_SERIES)[number];

/** `values[i]` belongs to the step that starts at `at[i]`. */
export interface MetricSeries {
  /** Counts are per step; names that end in P50 or P99 are in milliseconds. */
  readonly name: SeriesName;
  /** Absent for the whole service. */
  readonly consumer?: string;
  /** null for a step without data. */
  readonly values: readonly (number | null)[];
}

export interface MetricsAnswer {
  readonly stepSeconds: number;
  /** Start of each step, ascending. */
  readonly at: readonly number[];
  readonly series: readonly MetricSeries[];
}

export interface AlarmView {
  readonly name: string;
  readonly state: "OK" | "ALARM" | "UNKNOWN";
  readonly since: number;
  readonly description: string;
  /** Heading of its runbook in lib/stacks/runbooks.md: `alarm-queue-length`. */
  readonly runbook: string;
  /** Absent for an alarm that is not about one consumer. */
  readonly consumer?: string;
  /** The reason of the state, by CloudWatch. */
  readonly reason?: string;
}

/** The runbook of a kind of alarm, in Markdown with backticks only. */
export interface Runbook {
  readonly lookAt: string;
  readonly act: string;
}
/** By heading: `alarm-queue-length`. */
export type Runbooks = Readonly<Record<string, Runbook | undefined>>;

export interface TimelineEntry {
  readonly at: number;
  /** The function, or `operator`: `publish-events`, `order-created`, `operator`. */
  readonly source: string;
  /** Id of the event. */
  readonly event?: string;
  readonly type?: string;
  /** One of OUTCOMES, or an operator's act. */
  readonly outcome: string;
  readonly attempt?: number;
  /** A reason code, an ignored event's reason, an error in one line, or an operator's note. */
  readonly detail?: string;
  /** From `at` until the outcome. */
  readonly durationMs?: number;
  /** After a failed attempt: until the message is redelivered. */
  readonly retryInSeconds?: number;
  /** The invocation of the function. */
  readonly requestId?: string;
}

/**
 * `bounced`, `complained` and `rejected`: what became of a mail. `retried`: a dead letter was sent to its queue again.
 * `crashed`: an invocation without an outcome, such as a time-out.
 */
export const OUTCOMES = [
  "accepted",
  "published",
  "done",
  "mailed",
  "bounced",
  "complained",
  "rejected",
  "retried",
  "duplicate",
  "ignored",
  "retry",
  "park",
  "crashed",
] as const;

export interface Timeline {
  readonly orderId: string;
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
}

/** Selects live entries. An entry must match every field. */
export const LIVE_FILTERS = ["consumer", "type", "outcome", "orderId"] as const;
export type LiveFilter = Readonly<Partial<Record<(typeof LIVE_FILTERS)[number], string>>>;

/** What a function or an operator did, of any order or of none. */
export interface LiveEntry extends TimelineEntry {
  /** Unique in the target. */
  readonly id: string;
  readonly orderId?: string;
  /** Of an act on many messages or orders. */
  readonly jobId?: string;
  /** Frames of the error and its causes. */
  readonly stack?: readonly string[];
}

export interface LiveAnswer {
  /** Newest first. */
  readonly entries: readonly LiveEntry[];
  /** The place after them. Entries that arrive late are returned again: distinguish them by id. */
  readonly cursor: string;
  /** Whether older entries after the previous cursor are missing: too many, or evicted. */
  readonly isCut: boolean;
}

/** The invocation of a function, with what is known about it: the search in AWS is as wide as it has to be. */
export interface InvocationQuery {
  readonly requestId: string;
  /** The function. */
  readonly source?: string;
  /** A time during the invocation. */
  readonly at?: number;
  /** How far to search without a time, in milliseconds. */
  readonly sinceMs?: number;
}

export interface InvocationLine {
  readonly at: number;
  readonly text: string;
  readonly isError: boolean;
  /** Frames of the error in the line. */
  readonly stack?: readonly string[];
}

/** The lines that a function wrote during an invocation. */
export interface InvocationLog {
  readonly requestId: string;
  /** The function; absent where there are no lines. */
  readonly source?: string;
  readonly lines: readonly InvocationLine[];
  /** Whether further lines were left out. */
  readonly isCut: boolean;
}

/** A message in a queue, as it is there. */
export interface WaitingMessage {
  readonly id: string;
  readonly state: "waiting" | "delayed" | "in flight";
  readonly sentAt: number;
  /** When a delayed message, or one in flight that is not deleted, can be received. */
  readonly visibleAt?: number;
  readonly receives: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface QueuePeek {
  /** Physical name of the queue. */
  readonly queue: string;
  /** Oldest first, bounded. */
  readonly messages: readonly WaitingMessage[];
  /** Of all messages of the queue. */
  readonly total: number;
}

export interface MailView {
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** A function since the start of the emulator. */
export interface FunctionView {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  readonly throttles: number;
  /** Absent before its first invocation. */
  readonly meanDurationMs?: number;
}

/** A line of a function or of the emulator itself. */
export interface LogView {
  readonly id: number;
  readonly at: number;
  readonly source: string;
  readonly text: string;
  readonly isError: boolean;
}

export interface FaultView {
  /** As typed: `function:order-created`, `table:<name>`, `mail`, `conflicts`. */
  readonly target: string;
  /** Share of calls that fail, above 0 and at most 1. */
  readonly rate: number;
  /** Absent where the fault lasts until it is mended. */
  readonly endsAt?: number;
}

export interface FaultsView {
  /** Everything that can be broken. */
  readonly targets: readonly string[];
  readonly active: readonly FaultView[];
}

export interface BreakRequest {
  readonly target: string;
  /** Default: 1. */
  readonly rate?: number;
  /** Default: until it is mended. */
  readonly forSeconds?: number;
}

export interface MendRequest {
  /** Default: all. */
  readonly target?: string;
}

/** An event for the topic, or for one consumer. */
export interface EventRequest {
  /** The event as JSON text, sent as it is. */
  readonly body: string;
  readonly to?: string;
}

export interface SentEvent {
  readonly eventId: string;
  readonly type: string;
  /** The consumers that get it. */
  readonly to: readonly string[];
}

/** The event or its consumer is not valid; nothing was sent. */
export class EventError extends Error {
  override readonly name = "EventError";
}

/** Only on the local emulator. `break` and `mend` throw an Error whose message lists the valid targets. */
export interface EmulatorPowers {
  mailbox(): readonly MailView[];
  functions(): readonly FunctionView[];
  logs(): readonly LogView[];
  faults(): FaultsView;
  /** Rejects with EventError. Absent for an app without order events. */
  sendEvent?(request: EventRequest): Promise<SentEvent>;
  break(request: BreakRequest): void;
  mend(request: MendRequest): void;
}
