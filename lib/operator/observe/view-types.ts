/**
 * What the console's page and its server agree on. Addresses are relative to the page's folder:
 * `/console/` where the command line serves it, `/_emulator/console/` on the local emulator.
 *
 *     GET  api/about             ConsoleAbout
 *     GET  api/queues            QueueState[]
 *     GET  api/metrics?minutes=N MetricsAnswer        N is a whole number from 1 to 180
 *     GET  api/alarms            AlarmView[]
 *     GET  api/timeline?orderId= Timeline
 *     GET  api/mailbox           MailView[]           one machine only, newest first
 *     GET  api/faults            FaultsView           one machine only
 *     POST api/break             BreakRequest → FaultsView
 *     POST api/mend              MendRequest → FaultsView
 *     ANY  api/orders, api/stock, api/failed-messages …   handed on to the product's REST API
 *
 * What is refused is answered as `application/problem+json`. All times are milliseconds since the epoch.
 */

export interface ConsoleAbout {
  readonly where: "local" | "aws";
  /** Name of the stage: `local`, `prod`. */
  readonly stage: string;
  readonly region: string;
  /** Address of the product's REST API. */
  readonly url: string;
  /** What this console may do beside looking after failed messages. */
  readonly can: ConsolePowers;
  /** The consumers that the stage has; absent where that is not known. */
  readonly consumers?: readonly string[];
}

export interface ConsolePowers {
  /** Break and mend parts of the stage. */
  readonly break: boolean;
  /** Read the mails that were sent. */
  readonly mailbox: boolean;
  /** Place orders and set stock. */
  readonly placeOrders: boolean;
}

/** A consumer's queue and what stands behind it. */
export interface QueueState {
  readonly consumer: string;
  /** Messages that wait, delayed ones included. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Messages in its dead-letter queue. */
  readonly deadLetters: number;
  /** Messages that SNS could not deliver to the queue. */
  readonly undelivered: number;
  /** Age of the oldest message, in seconds; absent for an empty queue or where it is not known. */
  readonly oldestSeconds?: number;
}

/**
 * Names of the series that the page knows how to draw; it passes over others. `consumed` leaves the publishers out,
 * which consume records of the orders' stream.
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
export type SeriesName = (typeof SERIES)[number];

/** `values[i]` belongs to the step that begins at `at[i]`. */
export interface MetricSeries {
  /** Counts are per step; names that end in P50 or P99 are in milliseconds. */
  readonly name: SeriesName;
  /** Absent: of the whole service. */
  readonly consumer?: string;
  /** null: nothing is known of this step. */
  readonly values: readonly (number | null)[];
}

export interface MetricsAnswer {
  readonly stepSeconds: number;
  /** Where each step begins, ascending. */
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
  /** The consumer it watches, where it watches one. */
  readonly consumer?: string;
  /** What CloudWatch says the state comes from. */
  readonly reason?: string;
}

/** The runbook of a kind of alarm, from lib/stacks/runbooks.md. Code is between backticks. */
export interface Runbook {
  readonly lookAt: string;
  readonly act: string;
}
/** By heading: `alarm-queue-length`. */
export type Runbooks = Readonly<Record<string, Runbook | undefined>>;

/** One line of what was done with an order's events. */
export interface TimelineEntry {
  readonly at: number;
  /** The function or person it comes from: `publish-events`, `order-created`, `operator`. */
  readonly source: string;
  /** Id of the event. */
  readonly event?: string;
  readonly type?: string;
  /** `published`, `done`, `duplicate`, `ignored`, `retry`, `park`, or an operator's act. */
  readonly outcome: string;
  readonly attempt?: number;
  /** A reason code, an ignored event's reason, or an operator's note. */
  readonly detail?: string;
}

export interface Timeline {
  readonly orderId: string;
  /** Oldest first. */
  readonly entries: readonly TimelineEntry[];
}

export interface MailView {
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

export interface FaultView {
  /** As it is typed: `function:order-created`, `table:<name>`, `mail`, `conflicts`. */
  readonly target: string;
  /** Share of calls that it strikes, above 0 and up to 1. */
  readonly rate: number;
  /** Absent where it stays until it is mended. */
  readonly endsAt?: number;
}

export interface FaultsView {
  /** Everything that can be broken. */
  readonly targets: readonly string[];
  readonly active: readonly FaultView[];
}

export interface BreakRequest {
  readonly target: string;
  /** 1 unless given. */
  readonly rate?: number;
  /** Until it is mended unless given. */
  readonly forSeconds?: number;
}

export interface MendRequest {
  /** Everything unless given. */
  readonly target?: string;
}

/** What can be seen of a stage. Each call may reject; the message is shown to the operator. */
export interface ConsoleData {
  queues(): Promise<readonly QueueState[]>;
  metrics(minutes: number): Promise<MetricsAnswer>;
  alarms(): Promise<readonly AlarmView[]>;
  timeline(orderId: string): Promise<Timeline>;
}

/** What only the local emulator has. `break` and `mend` throw an Error whose message says what can be. */
export interface EmulatorPowers {
  mailbox(): readonly MailView[];
  faults(): FaultsView;
  break(request: BreakRequest): void;
  mend(request: MendRequest): void;
}
