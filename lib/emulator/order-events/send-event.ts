import { isQueueConsumer, SUBSCRIPTIONS } from "../../../functions/consumers/consumers.ts";
import { ATTRIBUTES } from "../../../functions/contract/names.ts";
import type { EventType } from "../../../functions/contract/order-status.ts";
import { checkedEvent } from "../../operator/events/event-faults.ts";
import { EventError } from "../../operator/observe/view-types.ts";
import type { EventSender } from "../app-declaration.ts";
import type { EmulatorModel } from "../assembly/model.ts";
import type { AwsEndpoints } from "../types.ts";

/** Sends events to the topic of the consumers, or to the queue of one; undefined for an assembly without that topic. */
export function eventSender(
  { sqsMappings, subscriptions }: EmulatorModel,
  { sns, sqs, region }: AwsEndpoints,
): EventSender | undefined {
  const readers = sqsMappings.filter(({ functionName }) => isQueueConsumer(functionName));
  const topicArn = subscriptions.find(({ endpoint }) => endpoint === readers[0]?.queueArn)?.topicArn;
  if (topicArn === undefined) return undefined;
  return {
    topic: { arn: topicArn, region, endpoint: sns },
    async send({ body, to }) {
      const checked = checkedEvent(body);
      if (checked.kind === "fault") throw new EventError(checked.detail);
      const { id: eventId, type } = checked.event;
      if (to === undefined) {
        await publish(sns, topicArn, body, type);
        return { eventId, type, to: subscribersOf(type) };
      }
      const reader = readers.find(({ functionName }) => functionName === to);
      if (reader === undefined) {
        const known = readers.map(({ functionName }) => functionName).join(", ");
        throw new EventError(`There is no consumer ${to}; there are ${known}.`);
      }
      await enqueue(sqs, reader.queueUrl, body, type);
      return { eventId, type, to: [to] };
    },
  };
}

const subscribersOf = (type: EventType): readonly string[] =>
  Object.entries(SUBSCRIPTIONS).flatMap(([name, on]) => (on.includes(type) ? [name] : []));

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
async function publish(endpoint: string, topicArn: string, body: string, type: string): Promise<void> {
  await post(
    endpoint,
    { "Content-Type": "application/x-www-form-urlencoded" },
    new URLSearchParams({
      Action: "Publish",
      Version: "2010-03-31",
      TopicArn: topicArn,
      Message: body,
      "MessageAttributes.entry.1.Name": ATTRIBUTES.type,
      "MessageAttributes.entry.1.Value.DataType": "String",
      "MessageAttributes.entry.1.Value.StringValue": type,
    }).toString(),
  );
}

async function enqueue(endpoint: string, queueUrl: string, body: string, type: string): Promise<void> {
  await post(
    endpoint,
    { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage" },
    JSON.stringify({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: { [ATTRIBUTES.type]: { DataType: "String", StringValue: type } },
    }),
  );
}

async function post(endpoint: string, headers: Record<string, string>, body: string): Promise<void> {
  const response = await fetch(endpoint, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}: ${await response.text()}`);
}
