import { describe, expect, test } from "vitest";
import { type Resource, synthesized } from "./synthesized.ts";

const inRegion = (region: string, more = {}) =>
  synthesized({
    account: "123456789012",
    region,
    alarmEmail: "a@b.example",
    backbones: "queues,kafka",
    ...more,
  });
/** Names that are unique in an account over all regions. */
const GLOBAL: Readonly<Record<string, (properties: Resource["properties"]) => unknown>> = {
  "AWS::IAM::ManagedPolicy": ({ ManagedPolicyName }) => ManagedPolicyName,
  "AWS::IAM::Role": ({ RoleName }) => RoleName,
  "AWS::Budgets::Budget": ({ Budget }) => Budget.BudgetName,
  "AWS::CloudWatch::Dashboard": ({ DashboardName }) => DashboardName,
};
const STACKS = ["data", "messaging", "service", "kafka", "monitoring"] as const;

const globalNames = (region: string): readonly string[] =>
  STACKS.flatMap((stack) => inRegion(region, { monthlyBudgetUsd: 100 }).resources(stack)).flatMap(
    ({ type, properties }) => {
      const name = GLOBAL[type]?.(properties);
      return name === undefined ? [] : [`${type} ${JSON.stringify(name)}`];
    },
  );

describe("a stage", () => {
  test("can be deployed to two regions of an account, without a shared global name", () => {
    const [here, there] = ["eu-central-1", "us-east-1"].map(globalNames);

    expect(here?.length).toBeGreaterThan(3);
    expect(there?.filter((name) => here?.includes(name))).toEqual([]);
  });

  test.each(["cn-north-1", "us-gov-west-1"])("in %s names no other partition", (region) => {
    const stacks = inRegion(region);

    for (const stack of STACKS)
      expect(JSON.stringify(stacks.resources(stack)), stack).not.toMatch(
        /arn:aws:|\.amazonaws\.com\/(?!.*documentation)/,
      );
  });
});
