import type {
  AlarmView,
  InvocationLog,
  InvocationQuery,
  LiveAnswer,
  LiveFilter,
  MetricsAnswer,
  QueuePeek,
  QueueState,
  Timeline,
} from "./view-types.ts";

/**
 * Queues, metrics, alarms, the timeline of an order, what happens now, and logs. Adapters: the emulator in its process,
 * the emulator over HTTP, a deployment in AWS.
 *
 * - `queues()`: one entry for each consumer with a queue, in the order of the contract.
 * - `metrics(minutes)`: the last 1 to 180 minutes, in at most 180 steps; a RangeError for any other number.
 * - `alarms()`: those in ALARM first.
 * - `timeline(orderId)`: oldest first, empty for an unknown order.
 * - `live(filter, after)`: attempts, acts and crashes after a cursor of an earlier answer, newest first; without one, of
 *   the last minutes.
 * - `invocation(query)`: the log lines of an invocation, oldest first; none for an unknown one.
 * - `peek(queue)`: the messages of a consumer's queue, or of a queue by its name, without receiving them; a RangeError
 *   for an unknown queue, and where the target cannot do that.
 *
 * Each call may reject; the message is shown to the operator.
 */
export interface Observatory {
  queues(): Promise<readonly QueueState[]>;
  metrics(minutes: number): Promise<MetricsAnswer>;
  alarms(): Promise<readonly AlarmView[]>;
  timeline(orderId: string): Promise<Timeline>;
  live(filter: LiveFilter, after?: string): Promise<LiveAnswer>;
  invocation(query: InvocationQuery): Promise<InvocationLog>;
  peek(queue: string): Promise<QueuePeek>;
}

const MINUTES = { least: 1, most: 180 } as const;

export function refuseMinutes(minutes: number): void {
  if (Number.isInteger(minutes) && minutes >= MINUTES.least && minutes <= MINUTES.most) return;
  throw new RangeError(
    `minutes must be a whole number from ${MINUTES.least} to ${MINUTES.most}; received ${minutes}`,
  );
}
