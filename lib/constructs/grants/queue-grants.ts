import { Stack } from "aws-cdk-lib";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { DeadLetterSource } from "../../../functions/contract/failures.ts";
import { ENV } from "../../../functions/contract/names.ts";
import { type ConsumerGrant, grantReceive } from "../consumer-function.ts";
import type { DeadLetterQueue, SourceQueue } from "../source-queue.ts";

/** Reads a queue through an event source mapping, and sets the visibility of failed messages. */
export const grantConsume =
  (
    queue: IQueue,
    {
      maxReceiveCount,
      maxAgeSeconds,
    }: {
      readonly maxReceiveCount: number;
      /** Age of a message above which it is parked; 0 switches expiry off. */
      readonly maxAgeSeconds: number;
    },
  ): ConsumerGrant =>
  (holder) =>
    holder
      .grant(grantReceive(queue.queueArn))
      .allow(["sqs:ChangeMessageVisibility"], queue.queueArn)
      .set(ENV.queueUrl, queue.queueUrl)
      .set(ENV.maxReceiveCount, maxReceiveCount)
      .set(ENV.maxAgeSeconds, maxAgeSeconds);

/** For a function in a network without SQS: failed messages wait for the queue's own visibility time-out. */
export const grantConsumeWithoutBackOff =
  (queue: IQueue, { maxReceiveCount }: { readonly maxReceiveCount: number }): ConsumerGrant =>
  (holder) =>
    holder.grant(grantReceive(queue.queueArn)).set(ENV.maxReceiveCount, maxReceiveCount);

/** Reads dead-letter queues through event source mappings, and retries their messages by their source queues. */
export const grantRetryDeadLetters =
  (
    sources: readonly DeadLetterQueue[],
    { dlqRetryDelaysSeconds }: { readonly dlqRetryDelaysSeconds: readonly number[] },
  ): ConsumerGrant =>
  (holder) => {
    for (const { deadLetters } of sources) holder.grant(grantReceive(deadLetters.queueArn));
    for (const source of new Set(sources.map(({ source }) => source)))
      holder.allow(["sqs:SendMessage"], source.queueArn);
    const described = sources.map(
      ({ deadLetters, consumer, source }): DeadLetterSource => ({
        arn: deadLetters.queueArn,
        consumer,
        queueUrl: source.queueUrl,
      }),
    );
    holder
      .set(ENV.deadLetterSources, Stack.of(holder).toJsonString(described))
      .set(ENV.dlqRetryDelaysSeconds, dlqRetryDelaysSeconds.join(","));
  };

/** Sends messages to the source queues of consumers. */
export const grantSendToConsumers =
  (queues: readonly SourceQueue[]): ConsumerGrant =>
  (holder) => {
    for (const arn of sourceArns(queues)) holder.allow(["sqs:SendMessage"], arn);
    const urls = Object.fromEntries(queues.map(({ consumer, source }) => [consumer, source.queueUrl]));
    holder.set(ENV.sourceQueues, Stack.of(holder).toJsonString(urls));
  };

/** Redrives messages to their source queues. The length shows that a queue exists. */
export const grantRedrive =
  (queues: readonly SourceQueue[]): ConsumerGrant =>
  (holder) => {
    for (const arn of sourceArns(queues)) holder.allow(["sqs:GetQueueAttributes"], arn);
    holder.grant(grantSendToConsumers(queues));
  };

/** Two consumers may share one queue. */
const sourceArns = (queues: readonly SourceQueue[]) => new Set(queues.map(({ source }) => source.queueArn));
