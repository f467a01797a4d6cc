import { expect, test } from "vitest";
import { kafkaNames } from "../../../../lib/settings/kafka-names.ts";

const kafkaClusterArn = "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/id-1";

test("a cluster of the stack's own has the plain names, whatever the stage", () => {
  expect(kafkaNames({ stage: "prod", kafkaClusterArn: "" })).toEqual({
    topic: "order-events",
    deadLetterTopic: "order-events-dlt",
    group: "order-processing-group",
    deadLetterGroup: "order-events-dlt-group",
  });
});

test("on a cluster that was there no stage has a topic or a group of another", () => {
  const stages = ["dev", "prod", "dlt", "dev-dlt", "order-events", "dev-order-events"];

  const names = stages.flatMap((stage) => Object.values(kafkaNames({ stage, kafkaClusterArn })));

  expect(names[0]).toBe("dev-order-events");
  expect(new Set(names).size).toBe(4 * stages.length);
});
