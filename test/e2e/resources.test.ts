import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { FUNCTIONS, type QueueConsumer, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { openTarget } from "./open-target.ts";

const { target } = await openTarget();

const CONSUMER_NAMES = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];
const each = (alarm: string, names: readonly string[]) => names.map((name) => `${alarm}-${name}`);

it("every queue, function and kind of failure has its alarm", async () => {
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
        each(alarm, CONSUMER_NAMES),
      ),
      ...["function-errors", "throttles"].flatMap((alarm) => each(alarm, FUNCTIONS)),
    ].sort(),
  );
});

it.each(CONSUMER_NAMES)(
  "the queue of %s moves a message to its dead-letter queue after five receives",
  async (consumer) => {
    const QueueUrl = await target.queueUrl(consumer);

    const { Attributes = {} } = await target.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy", "VisibilityTimeout"] }),
    );

    expect(JSON.parse(Attributes["RedrivePolicy"] ?? "{}")).toEqual({
      deadLetterTargetArn: expect.stringMatching(new RegExp(`-${consumer}-dlq$`)),
      maxReceiveCount: 5,
    });
    expect(Number(Attributes["VisibilityTimeout"])).toBeGreaterThanOrEqual(30);
  },
);
