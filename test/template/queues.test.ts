import { describe, expect, test } from "vitest";
import { SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { ATTRIBUTES } from "../../functions/contract/names.ts";
import { EVENT_TYPES, type EventType } from "../../functions/contract/order-status.ts";
import { queuesByName, statements, synthesized, target } from "./synthesized.ts";

const stacks = synthesized();
const queues = queuesByName(stacks);
const consumers = Object.keys(SUBSCRIPTIONS) as (keyof typeof SUBSCRIPTIONS)[];
const [topic] = stacks
  .resources("messaging", "AWS::SNS::Topic")
  .filter(({ properties }) => properties.TopicName === "order-events-dev");
const subscriptions = stacks
  .resources("messaging", "AWS::SNS::Subscription")
  .filter(({ properties }) => properties.TopicArn.Ref === topic?.id);
const policies = stacks.resources("messaging", "AWS::SQS::QueuePolicy");

function queueOf(name: string) {
  const queue = queues.get(name);
  if (!queue) throw new Error(`There is no queue ${name}: ${[...queues.keys()].join(", ")}`);
  return queue;
}

/** The statements of a queue's policy. */
function policyOf(queueId: string) {
  const found = policies.filter(({ properties }) => target(properties.Queues).includes(`"${queueId}"`));
  return found.flatMap(({ properties }) => statements(properties.PolicyDocument));
}

describe("queues", () => {
  test("are three for each consumer, and two for the feedback of mails", () => {
    const expected = [
      ...consumers.flatMap((name) => [name, `${name}-dlq`, `${name}-undelivered`]),
      "mail-feedback",
      "mail-feedback-dlq",
    ];

    expect([...queues.keys()].sort()).toEqual(expected.sort());
  });

  test.each(consumers)("E1: %s has a longer retention than its source, 14 days", (name) => {
    const kept = queueOf(name).properties.MessageRetentionPeriod;

    for (const later of [`${name}-dlq`, `${name}-undelivered`]) {
      expect(queueOf(later).properties.MessageRetentionPeriod).toBe(14 * 86_400);
      expect(queueOf(later).properties.MessageRetentionPeriod).toBeGreaterThan(kept);
    }
  });

  test.each(consumers)(
    "B9: %s moves a message to its own dead-letter queue after 5 receives or more",
    (name) => {
      const { maxReceiveCount, deadLetterTargetArn } = queueOf(name).properties.RedrivePolicy;

      expect(maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(target(deadLetterTargetArn)).toContain(queueOf(`${name}-dlq`).id);
    },
  );

  test("E3: a dead-letter queue has no redrive policy", () => {
    for (const [name, { properties }] of queues)
      if (/-(dlq|undelivered)$/.test(name)) expect(properties.RedrivePolicy, name).toBeUndefined();
  });

  test.each([...queues.keys()])(
    "J2, E13: %s is encrypted without a KMS key, and accepts TLS only",
    (name) => {
      const { id, properties } = queueOf(name);
      const [denied] = policyOf(id).filter(({ effect }) => effect === "Deny");

      expect(properties.SqsManagedSseEnabled).toBe(true);
      expect(properties.KmsMasterKeyId).toBeUndefined();
      expect(denied).toMatchObject({
        actions: ["sqs:*"],
        conditions: { Bool: { "aws:SecureTransport": "false" } },
      });
    },
  );
});

describe("subscriptions", () => {
  test.each(consumers)(
    "B10: messages that SNS cannot deliver to %s go to a queue that accepts them",
    (name) => {
      const subscription = subscriptions.find(({ properties }) =>
        target(properties.Endpoint).includes(queueOf(name).id),
      );
      const undelivered = queueOf(`${name}-undelivered`);

      expect(target(subscription?.properties.RedrivePolicy.deadLetterTargetArn)).toContain(undelivered.id);
    },
  );

  test.each(consumers)("J2: SNS can send to the queues of %s for this topic only", (name) => {
    for (const each of [queueOf(name), queueOf(`${name}-undelivered`)]) {
      const allowed = policyOf(each.id).filter(({ effect }) => effect === "Allow");

      expect(allowed).toHaveLength(1);
      expect(allowed[0]).toMatchObject({
        actions: ["sqs:SendMessage"],
        Principal: { Service: "sns.amazonaws.com" },
        conditions: { ArnEquals: { "aws:SourceArn": { Ref: topic?.id } } },
      });
    }
  });

  test("J2: no queue policy permits a sender without its source", () => {
    for (const { properties } of policies)
      for (const { effect, conditions } of statements(properties.PolicyDocument))
        if (effect === "Allow") expect(conditions).toHaveProperty(["ArnEquals", "aws:SourceArn"]);
  });

  test("B12: are raw", () => {
    expect(subscriptions.map(({ properties }) => properties.RawMessageDelivery)).toEqual(
      consumers.map(() => true),
    );
  });

  test("B11: filter by the message attribute of the publisher", () => {
    for (const { properties } of subscriptions) {
      expect(Object.keys(properties.FilterPolicy)).toEqual([ATTRIBUTES.type]);
      expect(properties.FilterPolicyScope ?? "MessageAttributes").toBe("MessageAttributes");
    }
  });

  test.each(EVENT_TYPES)(
    "B11: %s is delivered to exactly the consumers subscribed to it, at least one",
    (type: EventType) => {
      const reached = consumers.filter((name) =>
        subscriptions.some(
          ({ properties }) =>
            target(properties.Endpoint).includes(`"${queueOf(name).id}"`) &&
            properties.FilterPolicy[ATTRIBUTES.type].includes(type),
        ),
      );

      expect(reached).toEqual(
        consumers.filter((name) => (SUBSCRIPTIONS[name] as readonly string[]).includes(type)),
      );
      expect(reached.length).toBeGreaterThan(0);
    },
  );
});

describe("the topic", () => {
  test("J6: is encrypted with the key of SNS, and accepts TLS only", () => {
    const [policy] = stacks
      .resources("messaging", "AWS::SNS::TopicPolicy")
      .filter(({ properties }) => properties.Topics[0].Ref === topic?.id);

    expect(target(topic?.properties.KmsMasterKeyId)).toContain("alias/aws/sns");
    expect(statements(policy?.properties.PolicyDocument)).toEqual([
      expect.objectContaining({ effect: "Deny", conditions: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
  });
});
