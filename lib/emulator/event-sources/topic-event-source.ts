import type { SNSEventRecord, SQSRecord } from "aws-lambda";
import type { SubscriptionSpec } from "../assembly/model.ts";
import type { FunctionHost, LogLine, RunningMapping } from "../types.ts";
import type { AsyncInvocations } from "./async-invocations.ts";
import { startSqsMapping } from "./sqs-event-source.ts";

export interface TopicSubscriptionOptions {
  readonly subscription: SubscriptionSpec;
  /** The queue that the topic delivers to in place of the function. */
  readonly queue: { readonly url: string; readonly arn: string };
  readonly functionName: string;
  readonly invocations: AsyncInvocations;
  readonly endpoint: string;
  readonly region: string;
  readonly onLine: (line: LogLine) => void;
}

/**
 * Invokes a function with each message of a topic, asynchronously as SNS does. The messages wait in a queue of the
 * emulator, so that those of a stopped emulator with `--data` are delivered after its restart.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function startTopicSubscription(options: TopicSubscriptionOptions): RunningMapping {
  const { subscription, queue, functionName, invocations, endpoint, region, onLine } = options;
  const deliver: FunctionHost["invoke"] = async (name, event) => {
    const { Records: records } = event as { readonly Records: readonly SQSRecord[] };
    const all = await Promise.all(
      records.map((record) => invocations.invoke(name, { Records: [toSnsRecord(record, subscription)] })),
    );
    // A message whose invocation was stopped stays in the queue.
    return all.every(Boolean) ? { kind: "ok", payload: null } : { kind: "throttled" };
  };
  return startSqsMapping({
    spec: {
      kind: "sqs",
      functionName,
      queueUrl: queue.url,
      queueArn: queue.arn,
      batchSize: 1,
      windowSeconds: 0,
      maximumConcurrency: 1_000,
      reportBatchItemFailures: false,
      filters: [],
    },
    host: { invoke: deliver },
    endpoint,
    region,
    onLine,
  });
}

/** A record of the event, of the notification that the topic wrote. */
function toSnsRecord({ body }: SQSRecord, { topicArn }: SubscriptionSpec): SNSEventRecord {
  const { SigningCertURL, UnsubscribeURL, ...notification } = JSON.parse(body);
  return {
    EventVersion: "1.0",
    EventSubscriptionArn: `${topicArn}:00000000-0000-0000-0000-000000000000`,
    EventSource: "aws:sns",
    Sns: {
      Subject: null,
      MessageAttributes: {},
      ...notification,
      SigningCertUrl: SigningCertURL,
      UnsubscribeUrl: UnsubscribeURL,
    },
  };
}
