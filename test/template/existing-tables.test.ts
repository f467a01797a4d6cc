import { describe, expect, test } from "vitest";
import { TABLE_NAMES } from "../../functions/contract/names.ts";
import { chosenSettings, readSettings } from "../../lib/config.ts";
import { TABLES } from "../../lib/settings/existing-tables.ts";
import { SettingError } from "../../lib/settings/read-setting.ts";
import { granted } from "./grants.ts";
import { type Synthesized, shortName, synthesized } from "./synthesized.ts";

const STREAM = "arn:aws:dynamodb:eu-central-1:123456789012:table/acme.orders/stream/2026-01-01T00:00:00.000";
const EXISTING = {
  existingTables: TABLES.map((name) => `${name}:acme.${name}`).join(),
  existingOrdersStream: STREAM,
};
const backbones = "queues,kafka,rabbitmq";
const usual = synthesized({ backbones });
const all = synthesized({ ...EXISTING, backbones });
const STACKS = ["data", "messaging", "service", "monitoring", "kafka", "rabbitmq"] as const;

const tablesOf = (stacks: Synthesized) => stacks.resources("data", "AWS::DynamoDB::Table");
const functionsOf = (stacks: Synthesized, stack: "service" | "kafka" | "rabbitmq") =>
  stacks.resources(stack, "AWS::Lambda::Function").map(({ properties }) => properties);

describe("existing tables", () => {
  test("are not made, and every other resource is", () => {
    expect(
      tablesOf(usual)
        .map(({ properties }) => shortName(properties.TableName))
        .sort(),
    ).toEqual([...TABLES].sort());
    expect(tablesOf(all)).toEqual([]);
    for (const stack of STACKS) {
      const others = usual.resources(stack).filter(({ type }) => type !== "AWS::DynamoDB::Table");
      expect(
        all.resources(stack).map(({ id }) => id),
        stack,
      ).toEqual(others.map(({ id }) => id));
    }
  });

  test.each(["service", "kafka", "rabbitmq"] as const)(
    "are named in the variables of %s's functions",
    (stack) => {
      const named = functionsOf(all, stack).map(({ FunctionName, Environment }) => [
        FunctionName,
        Object.entries(Environment.Variables).filter(([name]) => name.includes("TABLE")),
      ]);
      const usually = functionsOf(usual, stack).map(({ FunctionName, Environment }) => [
        FunctionName,
        Object.keys(Environment.Variables).filter((name) => name.includes("TABLE")),
      ]);

      expect(named.map(([name, entries]) => [name, entries.map(([key]: [string]) => key)])).toEqual(usually);
      for (const [, entries] of named)
        for (const [key, value] of entries) expect(value, key).toMatch(/^acme\./);
      expect(JSON.stringify(named)).toContain('"acme.orders"');
    },
  );

  test("are granted as tables of the stack are, by their ARNs", () => {
    for (const stack of ["service", "kafka", "rabbitmq"] as const)
      for (const { FunctionName } of functionsOf(usual, stack)) {
        const name = shortName(FunctionName);
        const [ours, theirs] = [granted(usual, stack, name), granted(all, stack, name)];
        expect(Object.keys(theirs), name).toEqual(Object.keys(ours));
        for (const [action, arns] of Object.entries(theirs)) {
          expect(arns.length, `${name} ${action}`).toBe(ours[action]?.length);
          if (!action.startsWith("dynamodb:")) continue;
          for (const arn of arns)
            expect(arn, `${name} ${action}`).toMatch(/^arn:.*:dynamodb:.*:table\/acme\./);
        }
      }
    expect(granted(all, "service", "publish-events")["dynamodb:GetRecords"]).toEqual([STREAM]);
    expect(granted(all, "service", "maintenance")["dynamodb:Query"]).toContainEqual(
      expect.stringMatching(/table\/acme\.failed-messages\/index\/listing$/),
    );
  });

  test.each(["service", "kafka"] as const)("feed the publisher of %s by the given stream", (stack) => {
    const streams = all
      .resources(stack, "AWS::Lambda::EventSourceMapping")
      .filter(
        ({ properties }) => properties.BisectBatchOnFunctionError === true && properties.StartingPosition,
      )
      .map(({ properties }) => properties.EventSourceArn);

    expect(streams).toContain(STREAM);
  });

  test("are watched by the alarms", () => {
    const watched = all
      .resources("monitoring", "AWS::CloudWatch::Alarm")
      .filter(({ properties }) => properties.Namespace === "AWS/DynamoDB")
      .map(({ properties }) => properties.Dimensions[0].Value);

    expect(watched.sort()).toEqual(TABLES.map((name) => `acme.${name}`).sort());
  });

  test("are outputs of the service stack, and the data stack exports none", () => {
    const { OrdersTable } = all.outputs("service");

    expect(OrdersTable?.Value).toBe("acme.orders");
    expect(JSON.stringify(all.outputs("data"))).not.toContain("acme");
    expect(Object.keys(all.outputs("data")).length).toBe(2);
  });

  test("may be some of all: one is used, the others are made", () => {
    const one = synthesized({ existingTables: "stock:acme-stock" });
    const made = tablesOf(one).map(({ properties }) => shortName(properties.TableName));

    expect(made.sort()).toEqual(TABLES.filter((name) => name !== TABLE_NAMES.stock).sort());
  });

  test("are kept by the next deployment", () => {
    expect(chosenSettings(readSettings(EXISTING))).toEqual(EXISTING);
  });

  test.each([
    [
      "orders without a stream",
      { existingTables: "orders:acme.orders" },
      /"existingOrdersStream".*describe-table --table-name acme\.orders/,
    ],
    [
      "orders with the stream of another table",
      { existingTables: "orders:acme-orders", existingOrdersStream: STREAM },
      /table\/acme-orders\/stream\/.*received arn:.*acme\.orders/,
    ],
    [
      "a stream that is no ARN",
      { existingTables: "orders:acme.orders", existingOrdersStream: "latest" },
      /ARN of a table's stream/,
    ],
    ["a stream without orders", { existingOrdersStream: STREAM }, /goes with "existingTables=orders/],
    ["an unknown table", { existingTables: "order:acme" }, /tables: orders, stock, .*received "order:acme"/],
    ["no name", { existingTables: "stock" }, /orders:acme-orders/],
    ["one table twice", { existingTables: "stock:one,stock:two" }, /"stock" twice/],
    ["two tables of one name", { existingTables: "stock:one,effects:one" }, /"one" twice/],
  ])("refuse %s", (_, context, message) => {
    expect(() => readSettings(context)).toThrow(SettingError);
    expect(() => readSettings(context)).toThrow(message);
  });
});
