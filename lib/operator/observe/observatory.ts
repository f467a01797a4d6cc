import type { ConsoleData } from "./view-types.ts";

/**
 * What can be seen of a stage: queues, metrics, alarms, and the way of one order. One adapter looks into the
 * local emulator, one into an AWS account, one asks the stage over HTTP.
 *
 * - `queues()`: one entry for each consumer with a queue, in the order of the contract.
 * - `metrics(minutes)`: 1 to 180 minutes back, at most 180 steps; a RangeError for any other number.
 * - `alarms()`: those in ALARM first.
 * - `timeline(orderId)`: oldest first, empty where nothing is known of the order.
 */
export type Observatory = ConsoleData;

export const MINUTES = { least: 1, most: 180 } as const;

/** Throws a RangeError unless it is a number of minutes that metrics are given for. */
export function refuseMinutes(minutes: number): void {
  if (Number.isInteger(minutes) && minutes >= MINUTES.least && minutes <= MINUTES.most) return;
  throw new RangeError(`minutes is a whole number from ${MINUTES.least} to ${MINUTES.most}, not ${minutes}`);
}
