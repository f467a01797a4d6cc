import { expect, test } from "vitest";
import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import { alarmView, urgentFirst } from "../../../lib/operator/observe/alarm-view.ts";
import { changedThreshold } from "../../../lib/settings/consumer-thresholds.ts";
import { THRESHOLDS } from "../../../lib/settings/thresholds.ts";

const facts = { name: "order-events-prod-api-errors", state: "OK", since: 1, description: "" };

test.each(Object.entries(THRESHOLDS))(
  "an alarm of kind %s has its runbook and its meaning",
  (kind, threshold) => {
    const { means } = changedThreshold(threshold);
    const description = `${means} Runbook: lib/stacks/runbooks.md#alarm-${kind}`;

    expect(alarmView({ ...facts, description })).toMatchObject({
      description: means,
      runbook: `alarm-${kind}`,
    });
  },
);

test.each(CONSUMER_NAMES)("an alarm of consumer %s names the consumer", (consumer) => {
  expect(alarmView({ ...facts, name: `order-events-prod-message-age-${consumer}` }).consumer).toBe(consumer);
});

test("an alarm of a table names its owner, and no consumer that is named as the table", () => {
  const nameOf = (table: string) =>
    alarmView({ ...facts, name: `order-events-prod-table-throttles-${table}` }).consumer;

  expect(nameOf("order-created-seen")).toBe("order-created");
  expect(nameOf("order-created-order-cancelled")).toBe("order-created");
  expect(nameOf("orders")).toBeUndefined();
});

test("an alarm without data has the state UNKNOWN", () => {
  expect(alarmView({ ...facts, state: "INSUFFICIENT_DATA" }).state).toBe("UNKNOWN");
});

test("alarms in state ALARM come first, the latest at the top", () => {
  const view = (name: string, state: string, since: number) => alarmView({ ...facts, name, state, since });
  const alarms = [view("b", "OK", 9), view("a", "OK", 1), view("y", "ALARM", 5), view("z", "ALARM", 7)];

  expect(urgentFirst(alarms).map(({ name }) => name)).toEqual(["z", "y", "a", "b"]);
});
