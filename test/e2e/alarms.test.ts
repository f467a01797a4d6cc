import { expect, it } from "vitest";
import { FUNCTIONS, SUBSCRIPTIONS } from "../../functions/contract/names.ts";
import { openTarget } from "./open-target.ts";

const { target } = await openTarget();

const each = (alarm: string, names: readonly string[]) => names.map((name) => `${alarm}-${name}`);

it("every queue, every function and every way to fail has its alarm", async () => {
  const consumers = Object.keys(SUBSCRIPTIONS);

  const alarms = await target.alarms();

  expect([...alarms].sort()).toEqual(
    [
      "api-errors",
      "delivery-failed",
      "failed-messages",
      "iterator-age",
      "open-failed-messages",
      "publish-failed",
      "publishing-late",
      ...["queue-length", "message-age", "dead-lettered", "undelivered"].flatMap((alarm) =>
        each(alarm, consumers),
      ),
      ...["function-errors", "throttles"].flatMap((alarm) => each(alarm, FUNCTIONS)),
    ].sort(),
  );
});
