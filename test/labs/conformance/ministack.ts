import { installMiniStack } from "../../emulators/ministack/python.ts";
import { startMiniStack } from "../../emulators/ministack/server.ts";
import { openEmulatorTarget } from "./emulator-target.ts";
import type { ConformanceTarget } from "./target.ts";

const same = (rules: readonly string[], what: string): Readonly<Record<string, string>> =>
  Object.fromEntries(rules.map((rule) => [rule, what]));

/** Departures of MiniStack 1.5.33: rule → observed behaviour. */
export const MINISTACK_DEPARTURES: Readonly<Record<string, string>> = {
  "response: a null list is a success": "the messages are redelivered each time",
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
  "response: a known and an unknown one fail the batch": "the unknown one is ignored",
  "throttle: the message stays, and its receive counts": "it is not received while the function is throttled",
  "batch: above 10 it holds the messages of several receives": "a batch holds the messages of one receive",
  "window: messages before its end join the batch": "there is no window",
  ...same(
    [
      "window: a batch that has reached 6 MB does not wait for its end",
      "size: an event has at most 6 MB",
      "size: the 6 MB are bytes of JSON, where a quotation mark has two",
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
      "retries: records reported as successful are not discarded",
      "bisect: a reported failure splits the batch there, and only the rest is retried",
      "start: an unfinished batch is redelivered after a restart, without records reported as successful",
    ],
    "reported failures of a stream are ignored: the batch counts as successful",
  ),
  ...same(
    [
      "retries: after MaximumRetryAttempts a batch is discarded, and the shard continues",
      "retries: with 0 the first failure is the last",
      "age: a record older than MaximumRecordAgeInSeconds is discarded, a younger one is not",
      "destination: a bucket receives the failure details and the records",
      "destination: its object's name has mapping, shard, day, time and a random part",
    ],
    "a failing batch of a stream is retried for ever",
  ),
  ...same(
    [
      "bisect: a failed batch is halved down to its poison, without consuming retries",
      "bisect: an exception halves the batch, with or without ReportBatchItemFailures",
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
  // Its pollers and functions are slower than those of the emulator.
  const visibilitySeconds = 5;
  return openEmulatorTarget({
    name: "MiniStack",
    endpoint,
    departures: MINISTACK_DEPARTURES,
    visibilitySeconds,
    stop,
  });
}
