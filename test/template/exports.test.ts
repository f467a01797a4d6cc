import { describe, expect, test } from "vitest";
import { STACK_NAMES, synthesized, target } from "./synthesized.ts";

const stacks = synthesized();

/** What a stack exports, without the digests that CDK adds to logical ids. */
function exported(stack: "data" | "messaging"): readonly string[] {
  return Object.values(stacks.outputs(stack))
    .map(({ Value }) => target(Value).replaceAll(/[0-9A-F]{8}(?=")/g, ""))
    .sort();
}

describe("exports", () => {
  test("of the data stack are this list; taking one away deadlocks an update while it is imported", () => {
    expect(exported("data")).toEqual([
      '{"Fn::GetAtt":["CrashedBatches","Arn"]}',
      '{"Fn::GetAtt":["FailedMessages","Arn"]}',
      '{"Fn::GetAtt":["Notifications","Arn"]}',
      '{"Fn::GetAtt":["Orders","Arn"]}',
      '{"Fn::GetAtt":["Orders","StreamArn"]}',
      '{"Fn::GetAtt":["Stock","Arn"]}',
      '{"Ref":"CrashedBatches"}',
      '{"Ref":"FailedMessages"}',
      '{"Ref":"Notifications"}',
      '{"Ref":"Orders"}',
      '{"Ref":"Stock"}',
    ]);
  });

  test("of the messaging stack are this list", () => {
    const queues = ["notifycustomer", "ordercancelled", "ordercreated"];

    expect(exported("messaging")).toEqual(
      [
        '{"Ref":"Topic"}',
        ...queues.map((name) => `{"Ref":"${name}Source"}`),
        ...queues.flatMap((name) =>
          ["DeadLetters", "Source", "Undelivered"].map((role) => `{"Fn::GetAtt":["${name}${role}","Arn"]}`),
        ),
      ].sort(),
    );
  });

  test("are made by stateful stacks only, and imported strongly", () => {
    for (const stack of ["service", "monitoring"] as const)
      for (const [name, output] of Object.entries(stacks.outputs(stack)))
        expect(output.Export, `${stack} ${name}`).toBeUndefined();
    for (const stack of STACK_NAMES)
      expect(JSON.stringify(stacks.resources(stack)), stack).not.toContain("Fn::GetStackOutput");
  });

  test("nothing ties monitoring to another stack", () => {
    expect(JSON.stringify(stacks.resources("monitoring"))).not.toContain("Fn::ImportValue");
  });

  test("what a person or program needs to know is an output of the service", () => {
    expect(Object.keys(stacks.outputs("service"))).toEqual([
      "ApiAddress",
      "Region",
      "SourceDigest",
      "Settings",
      "ClientPolicyArn",
      "OperatorPolicyArn",
      "TopicArn",
      "OrdersTable",
      "StockTable",
      "NotificationsTable",
      "FailedMessagesTable",
      "QueueUrlordercreated",
      "QueueUrlordercancelled",
      "QueueUrlnotifycustomer",
    ]);
  });

  test("the stacks hold nothing that needs a cluster, a user pool or code of CloudFormation's own", () => {
    const types = STACK_NAMES.flatMap((stack) => stacks.resources(stack).map(({ type }) => type));

    expect(
      types.filter((type) => /MSK|AmazonMQ|Cognito|ApiGatewayV2|CloudFormation|Custom::|EC2/.test(type)),
    ).toEqual([]);
  });
});
