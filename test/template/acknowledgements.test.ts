import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validations } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { emptyBundles } from "../../lib/constructs/bundle.ts";
import { addOrderEvents, newApp } from "../../lib/stacks/build-stacks.ts";
import { acknowledgements, addChecks } from "../../lib/stacks/checks.ts";
import { BROKER } from "./existing-broker.ts";
import { EXISTING } from "./existing-cluster.ts";

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly unknown[] }[];
}

/** Synthesizes with the checks, and returns their findings. */
function findings(context: Readonly<Record<string, unknown>>, check: typeof addChecks): readonly unknown[] {
  const orderEvents = addOrderEvents(newApp({ context }), emptyBundles());
  check(orderEvents);
  const { directory } = orderEvents.app.synth();
  const report = JSON.parse(readFileSync(join(directory, "validation-report.json"), "utf8")) as Report;
  return report.pluginReports.flatMap(({ violations }) => violations);
}

describe("checks of AwsSolutions and of the CDK", () => {
  test.each([
    {},
    { stage: "local" },
    { stage: "prod", alarmEmail: "a@b.example", monthlyBudgetUsd: 100 },
    { apiLogRole: false, mailSender: "a@b.example" },
    { account: "123456789012", region: "eu-central-1", mailSender: "a@b.example" },
    { mails: false, mailSender: "a@b.example" },
    { functionSubnets: "subnet-0123456789abcdef0", functionSecurityGroup: "sg-0123456789abcdef0" },
    { backbones: "queues,kafka" },
    { backbones: "queues,kafka", processing: "kafka", ...EXISTING },
    { backbones: "queues,kafka", kafkaZones: "us-east-1b,us-east-1c,us-east-1d" },
    { backbones: "queues,rabbitmq", processing: "rabbitmq", rabbitmqCluster: true },
    { backbones: "queues,rabbitmq", ...BROKER },
  ])("find nothing with %j", (context) => {
    expect(findings(context, addChecks)).toEqual([]);
  });

  test("report a finding that is not acknowledged", () => {
    const unchecked = () => findings({}, (orderEvents) => addChecks(orderEvents, []));

    expect(unchecked).toThrow(/AwsSolutions-S1/);
    expect(unchecked).toThrow(/AwsSolutions-COG4/);
  });
});

describe("acknowledgements", () => {
  const orderEvents = addOrderEvents(newApp(), emptyBundles());
  const listed = acknowledgements(orderEvents);

  test("are listed, each with its own reason", () => {
    const rules = listed.map(
      ({ id, at }) => `${id.replace(/\[.*/, "")} ${at.node.path.replace("order-events-dev-", "")}`,
    );

    expect([...new Set(rules)].sort()).toEqual([
      "AwsSolutions-APIG2 service/OrderApi/Api",
      "AwsSolutions-APIG3 service/OrderApi/Api/DeploymentStage.v1",
      "AwsSolutions-APIG6 service/OrderApi/Api/DeploymentStage.v1",
      "AwsSolutions-COG4 service/OrderApi/Api",
      "AwsSolutions-IAM4 service/OrderApi/Api",
      "AwsSolutions-IAM5 service",
      "AwsSolutions-IAM5 service/AdministratorPolicy",
      "AwsSolutions-IAM5 service/OperatorPolicy",
      "AwsSolutions-IAM5 service/ReaderPolicy",
      "AwsSolutions-IAM5 service/maintenance/Role",
      "AwsSolutions-IAM5 service/pause-consumers/Role",
      "AwsSolutions-IAM5 service/publish-events/Role",
      "AwsSolutions-S1 data/CrashedBatches",
      ...QUEUE_CONSUMERS.map((name) => `AwsSolutions-SQS3 messaging/${name}/Undelivered`).sort(),
    ]);
    for (const { reason } of listed) expect(reason).toMatch(/^.{30,}\.$/);
  });

  test("with Kafka also cover permissions that AWS supports only this widely", () => {
    const withKafka = addOrderEvents(
      newApp({ context: { backbones: "queues,kafka", processing: "kafka" } }),
      emptyBundles(),
    );
    const known = new Set(listed.map(({ at }) => at.node.path));
    const more = acknowledgements(withKafka).filter(({ at }) => !known.has(at.node.path));

    const rules = more.map(
      ({ id, at }) => `${id.replace(/\[.*/, "")} ${at.node.path.replace("order-events-dev-", "")}`,
    );
    expect(rules.sort()).toEqual([
      "AwsSolutions-IAM5 kafka/kafka-brokers",
      ...Array(2).fill("AwsSolutions-IAM5 kafka/kafka-dead-letters/Role"),
      ...Array(2).fill("AwsSolutions-IAM5 kafka/order-events-kafka/Role"),
      ...Array(3).fill("AwsSolutions-IAM5 kafka/publish-to-kafka/Role"),
      "AwsSolutions-IAM5 service/place-order/Role",
      "AwsSolutions-VPC7 kafka/Kafka/Network",
    ]);
    for (const { reason } of more) expect(reason).toMatch(/^.{30,}\.$/);
  });

  test("exist only in their list", () => {
    addChecks(orderEvents);
    const made = orderEvents.app.node
      .findAll()
      .flatMap((construct) =>
        construct.node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY),
      );

    expect(made).toHaveLength(listed.length);
  });
});
