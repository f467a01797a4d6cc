import { expect, test } from "vitest";
import { withLostAttempts } from "../../../lib/operator/observe/lost-attempts.ts";

const EVENT = "A:1:order.created";
const attempt = (number: number, more: object = {}) => ({
  at: number,
  source: "order-created",
  event: EVENT,
  outcome: "retry",
  attempt: number,
  ...more,
});
const details = (...entries: readonly ReturnType<typeof attempt>[]) =>
  withLostAttempts(entries).map(({ detail }) => detail);
const BY = "a crash, a time-out or a throttle";

test.each([
  [[3], [`attempts 1 and 2 left no record: ${BY}`]],
  [[5], [`attempts 1 to 4 left no record: ${BY}`]],
  [
    [1, 3],
    [undefined, `attempt 2 left no record: ${BY}`],
  ],
  // A retry from the dead-letter queue counts from 1 again.
  [
    [4, 5, 2],
    [`attempts 1 to 3 left no record: ${BY}`, undefined, `attempt 1 left no record: ${BY}`],
  ],
  [
    [1, 2, 1],
    [undefined, undefined, undefined],
  ],
])("attempts %j name those without a record: %j", (numbers, expected) => {
  expect(details(...numbers.map((number) => attempt(number)))).toEqual(expected);
});

test("the detail of the attempt stays behind it", () => {
  expect(details(attempt(2, { detail: "Error: down" }))).toEqual([
    `attempt 1 left no record: ${BY}; Error: down`,
  ]);
});

test("each event and each consumer has its own attempts", () => {
  expect(
    details(
      attempt(1),
      attempt(1, { event: "A:2:order.confirmed" }),
      attempt(2, { event: "A:2:order.confirmed", source: "notify-customer" }),
    ),
  ).toEqual([undefined, undefined, `attempt 1 left no record: ${BY}`]);
});

test("a function that reads another queue than that of a consumer lost nothing", () => {
  expect(details(attempt(7, { source: "dead-letters" }), attempt(2, { source: "publish-events" }))).toEqual([
    undefined,
    undefined,
  ]);
});
