import type { EmulatorModel, QueueSpec, SubscriptionSpec } from "../assembly/model.ts";
import type { Messaging } from "../services/start-messaging.ts";

/**
 * Creates queues, topics, subscriptions and buckets, or updates existing ones to the template.
 * An existing queue is never created again: fauxqs would drop its messages.
 */
export function provisionMessaging(
  messaging: Messaging,
  model: Pick<EmulatorModel, "queues" | "topics" | "subscriptions" | "topicDeliveries" | "buckets">,
  region: string,
): void {
  const { topicDeliveries } = model;
  const subscriptions = [
    ...model.subscriptions,
    ...topicDeliveries.map(({ subscription }) => subscription),
  ].filter(({ protocol }) => protocol === "sqs");
  for (const queue of [...model.queues, ...topicDeliveries.map(({ queue }) => queue)])
    ensureQueue(messaging, queue);
  for (const topic of model.topics) {
    if (messaging.topics.getTopic(topic.arn) === undefined) {
      messaging.topics.createTopic(topic.name, { ...topic.attributes }, undefined, region);
    }
    ensureSubscriptions(
      messaging,
      topic.arn,
      subscriptions.filter(({ topicArn }) => topicArn === topic.arn),
    );
  }
  for (const bucket of model.buckets) {
    if (!messaging.buckets.hasBucket(bucket)) messaging.buckets.createBucket(bucket);
  }
}

function ensureQueue({ queues }: Messaging, { name, url, arn, attributes }: QueueSpec): void {
  const existing = queues.getQueueByName(name);
  if (existing === undefined) queues.createQueue(name, url, arn, { ...attributes });
  // An empty redrive policy removes it.
  else existing.setAttributes({ RedrivePolicy: "", ...attributes });
}

function ensureSubscriptions(
  { topics }: Messaging,
  topicArn: string,
  specs: readonly SubscriptionSpec[],
): void {
  const existing = [...topics.subscriptions.values()].filter(
    (subscription) => subscription.topicArn === topicArn,
  );
  for (const subscription of existing) {
    const spec = specs.find(({ endpoint }) => endpoint === subscription.endpoint);
    if (spec === undefined || JSON.stringify(spec.attributes) !== JSON.stringify(subscription.attributes)) {
      topics.unsubscribe(subscription.arn);
    }
  }
  for (const { protocol, endpoint, attributes } of specs) {
    topics.subscribe(topicArn, protocol, endpoint, { ...attributes });
  }
}
