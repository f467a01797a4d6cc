import { describe, expect, test } from "vitest";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { type StackLinks, stacksToUpdateFirst } from "../../../lib/deploy/removed-exports.ts";
import { account, deployedStacks } from "../../fakes/deployed-stacks.ts";

const stack = (name: string, links: Partial<StackLinks> = {}): StackLinks => ({
  name,
  exports: [],
  imports: [],
  after: [],
  ...links,
});
const data = (...exports: string[]) => stack("data", { exports });
const service = (...imports: string[]) => stack("service", { imports, after: ["data"] });

const first = (deployed: readonly StackLinks[], synthesized: readonly StackLinks[]) =>
  stacksToUpdateFirst(account, synthesized, deployedStacks(...deployed));

describe("updated before all others is", () => {
  test.each<[string, StackLinks[], StackLinks[], string[]]>([
    ["nothing without a deployment", [], [data("orders"), service("orders")], []],
    [
      "nothing where exports are added",
      [data("orders"), service("orders")],
      [data("orders", "points"), service("orders", "points")],
      [],
    ],
    [
      "nothing where no stack imports what is removed",
      [data("orders", "points"), service("orders")],
      [data("orders")],
      [],
    ],
    [
      "the importer of a removed export",
      [data("orders", "points"), service("orders", "points"), stack("monitoring")],
      [data("orders"), service("orders"), stack("monitoring")],
      ["service"],
    ],
    [
      "the importer of an importer, before it",
      [
        data("a"),
        stack("service", { imports: ["a"], exports: ["b"] }),
        stack("monitoring", { imports: ["b"] }),
      ],
      [data(), service(), stack("monitoring")],
      ["monitoring", "service"],
    ],
  ])("%s", async (_, deployed, synthesized, expected) => {
    expect(await first(deployed, synthesized)).toEqual(expected);
  });
});

describe("refused, with the way out, is", () => {
  const deployed = [data("orders", "points"), service("orders", "points")];

  test("a consumer that is replaced by another one", async () => {
    const order = first(deployed, [data("orders", "gifts"), service("orders", "gifts")]);

    await expect(order).rejects.toThrow(DeployError);
    await expect(order).rejects.toThrow(
      /stack service .*: gifts\. .*deploy the additions first, then the removals/,
    );
  });

  test("a removal beside a new stack that the importer needs", async () => {
    const order = first(deployed, [
      data("orders"),
      stack("kafka"),
      { ...service("orders"), after: ["data", "kafka"] },
    ]);

    await expect(order).rejects.toThrow(/others that it needs: kafka\./);
  });

  test("a removed value that a stack of another app imports", async () => {
    const order = first(
      [...deployed, stack("reports", { imports: ["points"] })],
      [data("orders"), service("orders")],
    );

    await expect(order).rejects.toThrow(
      /^reports imports values that this deployment removes: points\. Update or delete/,
    );
  });

  test("an account whose imports may not be read", async () => {
    const send: typeof fetch = async (address, init) =>
      String(address).includes("ListImports")
        ? new Response("<Message>User is not authorized</Message>", { status: 403 })
        : deployedStacks(...deployed)(address, init);

    await expect(stacksToUpdateFirst(account, [data("orders"), service("orders")], send)).rejects.toThrow(
      "CloudFormation in eu-central-1: User is not authorized",
    );
  });
});
