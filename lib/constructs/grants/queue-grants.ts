import { Stack } from "aws-cdk-lib";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import type { DeadLetterSource, SourceQueue } from "../source-queue.ts";

/** Reads a queue through an event source mapping, and sets the visibility of failed messages. */
export const grantConsume =
  (queue: IQueue): Grant =>
  (holder) =>
    holder
      .grant(receiveFrom(queue))
      .allow(["sqs:ChangeMessageVisibility"], queue.queueArn)
      .set(ENV.queueUrl, queue.queueUrl)
      .set(ENV.maxReceiveCount, holder.settings.maxReceiveCount)
      .set(ENV.maxAgeSeconds, holder.settings.maxAgeSeconds);

/** Reads a queue through an event source mapping. Failed messages wait for the queue's own visibility time-out: the function has no access to SQS. */
export const grantRetryDeadLetters =
  (queue: IQueue): Grant =>
  (holder) =>
    holder.grant(receiveFrom(queue)).set(ENV.maxReceiveCount, holder.settings.maxReceiveCount);

/** Reads dead-letter queues through event source mappings, and sends their messages back to their source queues. */
export const grantRedrive =
  (sources: readonly DeadLetterSource[]): Grant =>
  (holder) => {
    for (const { deadLetters } of sources) holder.grant(receiveFrom(deadLetters));
    for (const source of new Set(sources.map(({ source }) => source)))
      holder.allow(["sqs:SendMessage"], source.queueArn);
    const described = sources.map(({ deadLetters, consumer, source }) => ({
      arn: deadLetters.queueArn,
      consumer,
      queueUrl: source.queueUrl,
    }));
    holder
      .set(ENV.deadLetterSources, Stack.of(holder).toJsonString(described))
      .set(ENV.dlqRetryDelaysSeconds, holder.settings.dlqRetryDelaysSeconds.join(","));
  };

/** Redrives messages to their source queues. The length shows that a queue exists. */
export const grantSendRedrive =
  (queues: readonly SourceQueue[]): Grant =>
  (holder) => {
    // Two consumers may share one queue.
    for (const arn of new Set(queues.map(({ source }) => source.queueArn)))
      holder.allow(["sqs:SendMessage", "sqs:GetQueueAttributes"], arn);
    const urls = Object.fromEntries(queues.map(({ consumer, source }) => [consumer, source.queueUrl]));
    holder.set(ENV.sourceQueues, Stack.of(holder).toJsonString(urls));
  };

function receiveFrom(queue: IQueue): Grant {
  return (holder) =>
    holder.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.queueArn);
}
