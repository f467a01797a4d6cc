import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { declarationOf, FUNCTIONS, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { TABLE_NAMES } from "../../functions/contract/names.ts";
import { openTarget } from "./open-target.ts";

const { target } = await openTarget();

const TABLES = [
  ...Object.values(TABLE_NAMES),
  ...QUEUE_CONSUMERS.flatMap((of) => (declarationOf(of).tables ?? []).map(({ name }) => `${of}-${name}`)),
];
const each = (alarm: string, names: readonly string[]) => names.map((name) => `${alarm}-${name}`);

it("every queue, table, function and kind of failure has its alarm", async () => {
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
        each(alarm, QUEUE_CONSUMERS),
      ),
      ...each("table-throttles", TABLES),
      ...["function-errors", "throttles"].flatMap((alarm) => each(alarm, FUNCTIONS)),
    ].sort(),
  );
});

it.each(QUEUE_CONSUMERS)(
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
