import { expect, test } from "vitest";
import { kafkaNames } from "../../../../lib/settings/kafka-names.ts";

const kafkaClusterArn = "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/id-1";

test("a cluster of the stack has the plain names on every stage", () => {
  expect(kafkaNames({ stage: "prod", kafkaClusterArn: "" })).toEqual({
    topic: "order-events",
    deadLetterTopic: "order-events-dlt",
    group: "order-processing-group",
    deadLetterGroup: "order-events-dlt-group",
  });
});

test("on an existing cluster no two stages share a topic or a group", () => {
  const stages = ["dev", "prod", "dlt", "dev-dlt", "order-events", "dev-order-events"];

  const names = stages.flatMap((stage) => Object.values(kafkaNames({ stage, kafkaClusterArn })));

  expect(names[0]).toBe("dev-order-events");
  expect(new Set(names).size).toBe(4 * stages.length);
});
