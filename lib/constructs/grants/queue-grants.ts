import { Stack } from "aws-cdk-lib";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import type { DeadLetterSource, SourceQueue } from "../source-queue.ts";

/** Reads a queue by a mapping, and sets the visibility of messages that have to wait. */
export const grantConsume =
  (queue: IQueue): Grant =>
  (holder) =>
    holder
      .grant(receiveFrom(queue))
      .allow(["sqs:ChangeMessageVisibility"], queue.queueArn)
      .set(ENV.queueUrl, queue.queueUrl)
      .set(ENV.maxReceiveCount, holder.settings.maxReceiveCount)
      .set(ENV.maxAgeSeconds, holder.settings.maxAgeSeconds);

/** Reads a queue by a mapping and lets failed messages wait for the queue's own visibility: SQS is out of its reach. */
export const grantRetryDeadLetters =
  (queue: IQueue): Grant =>
  (holder) =>
    holder.grant(receiveFrom(queue)).set(ENV.maxReceiveCount, holder.settings.maxReceiveCount);

/** Reads dead-letter queues by mappings, and sends their messages to their sources again. */
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

/** Sends messages to their source queues again when an operator says so; the length shows that a queue is there. */
export const grantSendRedrive =
  (queues: readonly SourceQueue[]): Grant =>
  (holder) => {
    // Two consumers may be behind one queue.
    for (const arn of new Set(queues.map(({ source }) => source.queueArn)))
      holder.allow(["sqs:SendMessage", "sqs:GetQueueAttributes"], arn);
    const urls = Object.fromEntries(queues.map(({ consumer, source }) => [consumer, source.queueUrl]));
    holder.set(ENV.sourceQueues, Stack.of(holder).toJsonString(urls));
  };

function receiveFrom(queue: IQueue): Grant {
  return (holder) =>
    holder.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.queueArn);
}
