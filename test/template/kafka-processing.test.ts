import { describe, expect, test } from "vitest";
import { QUEUE_CONSUMERS, SUBSCRIPTIONS } from "../../functions/consumers/consumers.ts";
import { EVENT_TYPES } from "../../functions/contract/order-status.ts";
import { EXISTING } from "./existing-cluster.ts";
import { flat, functionNamed, granted } from "./grants.ts";
import { type Synthesized, synthesized, target } from "./synthesized.ts";

const bare = synthesized();
const by = {
  queues: synthesized({ backbones: "queues,kafka" }),
  both: synthesized({ backbones: "queues,kafka", processing: "queues,kafka" }),
  kafka: synthesized({ backbones: "queues,kafka", processing: "kafka" }),
} as const;
const QUEUE = "https://sqs.AWS::Region.AWS::URLSuffix/AWS::AccountId/order-events-dev-publish-to-kafka";
const ARN = "arn:AWS::Partition:sqs:AWS::Region:AWS::AccountId:order-events-dev-publish-to-kafka";

/** The event types of a consumer's queue. */
function filterOf(consumer: string, from: Synthesized): readonly string[] {
  const short = consumer.replace("-", "");
  const found = from
    .resources("messaging", "AWS::SNS::Subscription")
    .find(({ properties }) => target(properties.Endpoint).includes(`"${short}Source`));
  return found?.properties.FilterPolicy.type;
}
const environment = (from: Synthesized, name: string) =>
  functionNamed(from, "service", name).properties.Environment.Variables;

describe("the setting processing", () => {
  test.each(["queues", "both"] as const)(
    "with %s every consumer's queue receives its event types",
    (processing) => {
      for (const [consumer, types] of Object.entries(SUBSCRIPTIONS))
        expect(filterOf(consumer, by[processing]), consumer).toEqual(types);
    },
  );

  test("with kafka the queues of orders receive no events, and mails still come from their queue", () => {
    const types = new Set<string>(EVENT_TYPES);

    for (const consumer of ["order-created", "order-cancelled"]) {
      expect(filterOf(consumer, by.kafka), consumer).toHaveLength(1);
      expect(
        filterOf(consumer, by.kafka).filter((type) => types.has(type)),
        consumer,
      ).toEqual([]);
    }
    expect(filterOf("notify-customer", by.kafka)).toEqual(SUBSCRIPTIONS["notify-customer"]);
  });

  test("with kafka the queues are still read until they are empty", () => {
    const off = by.kafka
      .resources("service", "AWS::Lambda::EventSourceMapping")
      .filter(({ properties }) => properties.Enabled === false);

    expect(off).toEqual([]);
  });

  test("the topic is read unless only queues process, and always written", () => {
    const readers = Object.entries(by).map(([processing, from]) => [
      processing,
      from
        .resources("kafka", "AWS::Lambda::EventSourceMapping")
        .filter(({ properties }) => properties.Enabled === false)
        .map(({ properties }) => properties.Topics),
    ]);

    expect(Object.fromEntries(readers)).toEqual({ queues: [["order-events"]], both: [], kafka: [] });
  });

  test("adds and removes no resource and no export, so that no update can deadlock", () => {
    for (const stack of ["data", "messaging", "service", "monitoring", "kafka"] as const)
      for (const processing of ["both", "kafka"] as const) {
        const ids = (from: Synthesized) => from.resources(stack).map(({ id }) => id);
        expect(ids(by[processing]), `${stack} ${processing}`).toEqual(ids(by.queues));
        expect(Object.keys(by[processing].outputs(stack))).toEqual(Object.keys(by.queues.outputs(stack)));
      }
  });
});

describe("admission", () => {
  test("reads the queue's length while queues process", () => {
    for (const processing of ["queues", "both"] as const) {
      expect(environment(by[processing], "place-order")).toEqual(environment(bare, "place-order"));
      expect(granted(by[processing], "service", "place-order")).toEqual(
        granted(bare, "service", "place-order"),
      );
    }
  });

  test("reads the lag of the consumer's group where Kafka alone processes", () => {
    const { BACKLOG_METRIC, BACKLOG_LIMIT, BACKLOG_QUEUE_URL } = environment(by.kafka, "place-order");

    expect(JSON.parse(BACKLOG_METRIC)).toEqual({
      namespace: "AWS/Kafka",
      name: "SumOffsetLag",
      dimensions: {
        "Cluster Name": "order-events-dev-kafka",
        "Consumer Group": "order-processing-group",
        Topic: "order-events",
      },
    });
    expect(BACKLOG_LIMIT).toBe("10000");
    expect(BACKLOG_QUEUE_URL).toBeUndefined();
    const rights = granted(by.kafka, "service", "place-order");
    expect(rights["cloudwatch:GetMetricData"]).toEqual(["*"]);
    expect(Object.keys(rights).filter((action) => action.startsWith("sqs:"))).toEqual([]);
  });

  test("names an existing cluster by its ARN", () => {
    const there = synthesized({ backbones: "queues,kafka", processing: "kafka", ...EXISTING });

    expect(JSON.parse(environment(there, "place-order").BACKLOG_METRIC).dimensions).toMatchObject({
      "Cluster Name": "shop",
    });
  });
});

describe("the queue to Kafka", () => {
  test.each(["failed-messages", "jobs", "maintenance"])(
    "is granted to %s, for both of Kafka's consumers",
    (name) => {
      const queues = JSON.parse(flat(environment(by.queues, name).SOURCE_QUEUES));

      expect(queues).toMatchObject({ "publish-to-kafka": QUEUE, "order-events-kafka": QUEUE });
      expect(Object.keys(queues).sort()).toEqual(
        [...QUEUE_CONSUMERS, "publish-to-kafka", "order-events-kafka"].sort(),
      );
      expect(granted(by.queues, "service", name)["sqs:SendMessage"]).toContain(ARN);
      expect(granted(by.queues, "service", name)["sqs:GetQueueAttributes"]).toContain(ARN);
    },
  );

  test("has its dead-letter queue read by dead-letters", () => {
    const sources = JSON.parse(flat(environment(by.queues, "dead-letters").DEAD_LETTER_SOURCES));
    const mapping = by.queues
      .resources("service", "AWS::Lambda::EventSourceMapping")
      .filter(({ properties }) => flat(properties.EventSourceArn) === `${ARN}-dlq`);

    expect(sources).toContainEqual({ arn: `${ARN}-dlq`, consumer: "publish-to-kafka", queueUrl: QUEUE });
    expect(granted(by.queues, "service", "dead-letters")["sqs:ReceiveMessage"]).toContain(`${ARN}-dlq`);
    expect(granted(by.queues, "service", "dead-letters")["sqs:SendMessage"]).toContain(ARN);
    expect(mapping).toHaveLength(1);
  });

  test("is named and not imported, so that the Kafka stack can be removed", () => {
    const text = JSON.stringify(by.queues.resources("service"));

    expect(text).not.toContain("order-events-dev-kafka:Exports");
    expect(by.queues.orderEvents.service.dependencies.map(({ stackName }) => stackName)).toContain(
      "order-events-dev-kafka",
    );
  });

  test("is printed", () => {
    expect(flat(by.queues.outputs("service")["QueueUrlpublishtokafka"]?.Value)).toBe(QUEUE);
  });
});
