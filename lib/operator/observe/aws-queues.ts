import { type CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import { type Named, queueName } from "../../constructs/resource-names.ts";
import type { QueueRole } from "../../settings/queue-rules.ts";
import type { QueueState } from "./view-types.ts";

const VISIBLE = "ApproximateNumberOfMessages";
const IN_FLIGHT = "ApproximateNumberOfMessagesNotVisible";
const DELAYED = "ApproximateNumberOfMessagesDelayed";
const COUNTS: readonly QueueAttributeName[] = [VISIBLE, IN_FLIGHT, DELAYED];
/** CloudWatch reports the age of the oldest message a few minutes late. */
const AGE_WINDOW_MS = 5 * 60_000;

export interface QueuesOptions {
  readonly stage: Named;
  readonly consumers: readonly QueueConsumer[];
  readonly now: () => number;
}

/** Queue URLs are cached; counts are read each time. */
export function awsQueues(
  sqs: SQSClient,
  cloudWatch: CloudWatchClient,
  { stage, consumers, now }: QueuesOptions,
) {
  const urls = new Map<string, Promise<string>>();

  function urlOf(name: string): Promise<string> {
    const known = urls.get(name);
    if (known !== undefined) return known;
    const found = sqs.send(new GetQueueUrlCommand({ QueueName: name })).then(({ QueueUrl = "" }) => QueueUrl);
    urls.set(name, found);
    // A failed look-up is not cached.
    found.catch(() => urls.delete(name));
    return found;
  }

  async function counts(consumer: QueueConsumer, role: QueueRole) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await urlOf(queueName(stage, consumer, role)),
        AttributeNames: [...COUNTS],
      }),
    );
    const count = (name: QueueAttributeName) => Number(Attributes[name] ?? 0);
    return { waiting: count(VISIBLE) + count(DELAYED), inFlight: count(IN_FLIGHT) };
  }

  return async (): Promise<readonly QueueState[]> => {
    const [ages, ...states] = await Promise.all([
      oldestSeconds(cloudWatch, stage, consumers, now()),
      ...consumers.map(async (consumer) => {
        const [source, dead, undelivered] = await Promise.all([
          counts(consumer, "source"),
          counts(consumer, "dead-letters"),
          counts(consumer, "undelivered"),
        ]);
        return {
          consumer,
          ...source,
          deadLetters: dead.waiting + dead.inFlight,
          undelivered: undelivered.waiting + undelivered.inFlight,
        };
      }),
    ]);
    return states.map((state) => {
      const age = ages.get(state.consumer);
      const isEmpty = state.waiting + state.inFlight === 0;
      return age === undefined || isEmpty ? state : { ...state, oldestSeconds: age };
    });
  };
}

async function oldestSeconds(
  client: CloudWatchClient,
  stage: Named,
  consumers: readonly QueueConsumer[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: consumers.map((consumer, i) => ({
        Id: `q${i}`,
        MetricStat: {
          Metric: {
            Namespace: "AWS/SQS",
            MetricName: "ApproximateAgeOfOldestMessage",
            Dimensions: [{ Name: "QueueName", Value: queueName(stage, consumer, "source") }],
          },
          Period: 60,
          Stat: "Maximum",
        },
      })),
      StartTime: new Date(now - AGE_WINDOW_MS),
      EndTime: new Date(now),
      ScanBy: "TimestampDescending",
    }),
  );
  return new Map(
    consumers.flatMap((consumer, i) => {
      const [latest] = MetricDataResults.find(({ Id }) => Id === `q${i}`)?.Values ?? [];
      return latest === undefined ? [] : [[consumer, latest] as const];
    }),
  );
}
