import { describe, expect, test } from "vitest";
import { declarationOf, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { logicalId } from "./service-functions.ts";
import { STACK_NAMES, synthesized, target } from "./synthesized.ts";

const stacks = synthesized();
const ownTables = QUEUE_CONSUMERS.flatMap((consumer) =>
  (declarationOf(consumer).tables ?? []).map(({ name }) => logicalId(consumer, name)),
);

/** The exports of a stack, without CDK's digests in logical ids. */
function exported(stack: "data" | "messaging"): readonly string[] {
  return Object.values(stacks.outputs(stack))
    .map(({ Value }) => target(Value).replaceAll(/[0-9A-F]{8}(?=")/g, ""))
    .sort();
}

describe("exports", () => {
  test("of the data stack are this list, because removing an imported one deadlocks an update", () => {
    const shared = [
      '{"Fn::GetAtt":["CrashedBatches","Arn"]}',
      '{"Fn::GetAtt":["Effects","Arn"]}',
      '{"Fn::GetAtt":["FailedMessages","Arn"]}',
      '{"Fn::GetAtt":["Notifications","Arn"]}',
      '{"Fn::GetAtt":["Orders","Arn"]}',
      '{"Fn::GetAtt":["Orders","StreamArn"]}',
      '{"Fn::GetAtt":["Stock","Arn"]}',
      '{"Ref":"CrashedBatches"}',
      '{"Ref":"Effects"}',
      '{"Ref":"FailedMessages"}',
      '{"Ref":"Notifications"}',
      '{"Ref":"Orders"}',
      '{"Ref":"Stock"}',
    ];
    const own = ownTables.flatMap((id) => [`{"Fn::GetAtt":["${id}","Arn"]}`, `{"Ref":"${id}"}`]);

    expect(exported("data")).toEqual([...shared, ...own].sort());
  });

  test("of the messaging stack are this list", () => {
    const queues = QUEUE_CONSUMERS.map((name) => logicalId(name));

    expect(exported("messaging")).toEqual(
      [
        '{"Ref":"Topic"}',
        '{"Ref":"mailfeedbackSource"}',
        '{"Ref":"mailfeedbackDeadLetters"}',
        '{"Fn::GetAtt":["mailfeedbackSource","Arn"]}',
        '{"Fn::GetAtt":["mailfeedbackDeadLetters","Arn"]}',
        ...queues.map((name) => `{"Ref":"${name}Source"}`),
        ...queues.flatMap((name) =>
          ["DeadLetters", "Source", "Undelivered"].map((role) => `{"Fn::GetAtt":["${name}${role}","Arn"]}`),
        ),
      ].sort(),
    );
  });

  test("belong to stateful stacks only, and are imported strongly", () => {
    for (const stack of ["service", "monitoring"] as const)
      for (const [name, output] of Object.entries(stacks.outputs(stack)))
        expect(output.Export, `${stack} ${name}`).toBeUndefined();
    for (const stack of STACK_NAMES)
      expect(JSON.stringify(stacks.resources(stack)), stack).not.toContain("Fn::GetStackOutput");
  });

  test("monitoring has no imports", () => {
    expect(JSON.stringify(stacks.resources("monitoring"))).not.toContain("Fn::ImportValue");
  });

  test("the service has the outputs for operators and scripts", () => {
    expect(Object.keys(stacks.outputs("service"))).toEqual([
      "ApiAddress",
      "Region",
      "SourceDigest",
      "Settings",
      "ClientPolicyArn",
      "ReaderPolicyArn",
      "OperatorPolicyArn",
      "AdministratorPolicyArn",
      "TopicArn",
      "OrdersTable",
      "StockTable",
      "NotificationsTable",
      "FailedMessagesTable",
      "EffectsTable",
      ...QUEUE_CONSUMERS.map((name) => `QueueUrl${logicalId(name)}`),
      ...ownTables.map((id) => `Table${id}`),
    ]);
  });

  test("the stacks have no cluster, no user pool and no custom resource", () => {
    const types = STACK_NAMES.flatMap((stack) => stacks.resources(stack).map(({ type }) => type));

    expect(
      types.filter((type) => /MSK|AmazonMQ|Cognito|ApiGatewayV2|CloudFormation|Custom::|EC2/.test(type)),
    ).toEqual([]);
  });
});
