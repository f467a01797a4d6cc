import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { declarationOf, FUNCTIONS, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { TABLE_NAMES } from "../../functions/contract/names.ts";
import { THRESHOLDS } from "../../lib/settings/thresholds.ts";
import { openTarget } from "./open-target.ts";

const { target } = await openTarget();

const TABLES = [
  ...Object.values(TABLE_NAMES),
  ...QUEUE_CONSUMERS.flatMap((of) => (declarationOf(of).tables ?? []).map(({ name }) => `${of}-${name}`)),
];
/** The resources that each have an alarm of the kind; another kind has one alarm. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  "queue-length": QUEUE_CONSUMERS,
  "message-age": QUEUE_CONSUMERS,
  "dead-lettered": QUEUE_CONSUMERS,
  undelivered: QUEUE_CONSUMERS,
  "table-throttles": TABLES,
  "function-errors": FUNCTIONS,
  throttles: FUNCTIONS,
};
/** LocalStack is deployed without a sender of mails. */
const ABSENT = target.kind === "localstack" ? /^(kafka|rabbitmq|mails?)-/ : /^(kafka|rabbitmq)-/;
const KINDS = Object.keys(THRESHOLDS).filter((kind) => !ABSENT.test(kind));

it("every queue, table, function and kind of failure has its alarm", async () => {
  const alarms = await target.alarms();

  expect([...alarms].sort()).toEqual(
    KINDS.flatMap((kind) => RESOURCES[kind]?.map((name) => `${kind}-${name}`) ?? [kind]).sort(),
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
