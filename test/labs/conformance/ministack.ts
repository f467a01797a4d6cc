import { installMiniStack } from "../../emulators/ministack/python.ts";
import { startMiniStack } from "../../emulators/ministack/server.ts";
import { openEmulatorTarget } from "./emulator-target.ts";
import type { ConformanceTarget } from "./target.ts";

const same = (rules: readonly string[], what: string): Readonly<Record<string, string>> =>
  Object.fromEntries(rules.map((rule) => [rule, what]));

/** What MiniStack 1.5.33 was seen to do otherwise: rule → what it does. */
export const MINISTACK_DEPARTURES: Readonly<Record<string, string>> = {
  "response: a null list is a success": "the messages come again, and again",
  ...same(
    [
      "response: an unknown identifier fails the batch",
      "response: an empty identifier fails the batch",
      "response: a null identifier fails the batch",
      "response: a number for an identifier fails the batch",
      "response: a wrong key for the identifier fails the batch",
      "response: text for a response fails the batch",
    ],
    "the whole batch is deleted",
  ),
  "response: a known and an unknown one fail the batch": "the unknown one is passed over",
  "throttle: the message stays, and its receive counts": "it is not received again while there is no room",
  "batch: above 10 it is gathered from several receives": "a batch holds what one receive brought",
  "window: messages that come before it closes join the batch": "there is no window",
  ...same(
    [
      "window: a batch that has reached 6 MB does not wait for its end",
      "size: an event has at most 6 MB",
      "size: the 6 MB are those of the event's JSON, where a quotation mark takes two bytes",
      "size: an event of a stream has at most 6 MB",
    ],
    "events are larger than 6 MB",
  ),
  ...same(
    [
      "stream response: one number: from there on",
      "stream response: several numbers: from the lowest on",
      "stream response: a number twice: from there on",
      "stream response: the first number: all of it",
      "stream response: an empty number fails the batch",
      "stream response: a null number fails the batch",
      "stream response: a wrong key fails the batch",
      "stream response: a number that is not of the batch fails it",
      "stream response: a list that is none fails the batch",
      "stream response: text fails the batch",
      "retries: records reported as done are not discarded with the rest",
      "bisect: a reported failure splits the batch there, and only the rest is retried",
      "start: an unfinished batch is redelivered after a restart, without records reported as done",
    ],
    "failures that a function reports of a stream are not read: the batch counts as done",
  ),
  ...same(
    [
      "retries: after MaximumRetryAttempts a batch is discarded, and the shard moves on",
      "retries: with 0 the first failure is the last",
      "age: a record older than MaximumRecordAgeInSeconds is discarded, a younger one is not",
      "destination: a bucket receives the failure details and the records",
      "destination: its object's name has mapping, shard, day, time and a random part",
    ],
    "a batch of a stream that fails is tried for ever, and never given up",
  ),
  ...same(
    [
      "bisect: a failed batch is halved until its poison is alone, and halving consumes no retries",
      "bisect: a throw halves the batch whether or not failures are reported",
    ],
    "batches are not halved",
  ),
  ...same(
    ["filter: equals, ignoring case", "filter: does not exist", "filter: or of fields"],
    "nothing passes such a filter",
  ),
};

export async function openMiniStackTarget(): Promise<ConformanceTarget> {
  const { endpoint, stop } = await startMiniStack(await installMiniStack());
  // Its pollers and its functions are slower than the emulator's.
  const visibilitySeconds = 5;
  return openEmulatorTarget({
    name: "MiniStack",
    endpoint,
    departures: MINISTACK_DEPARTURES,
    visibilitySeconds,
    stop,
  });
}
