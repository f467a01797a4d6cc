import { describe, expect, test } from "vitest";
import { environmentOf, functionOf, permissionsOf, stacks } from "../template/service-functions.ts";
import { queuesByName, shortName, target } from "../template/synthesized.ts";

const NAME = "extra-reader";

function tableNamed(name: string) {
  return stacks
    .resources("data", "AWS::DynamoDB::Table")
    .find(({ properties }) => shortName(properties.TableName) === name)?.properties;
}

describe("one line in the list of consumers", () => {
  test("makes its tables, protected as the others", () => {
    expect(tableNamed("extra-reader-points")).toMatchObject({
      KeySchema: [
        { AttributeName: "customerId", KeyType: "HASH" },
        { AttributeName: "orderId", KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(tableNamed("extra-reader-point-codes")).toMatchObject({
      KeySchema: [{ AttributeName: "code", KeyType: "HASH" }],
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });

  test("makes a function with its time-out, and the names of its tables", () => {
    expect(functionOf(NAME).properties.Timeout).toBe(9);
    expect(Object.keys(environmentOf(NAME))).toEqual(
      expect.arrayContaining(["TABLE_POINTS", "TABLE_POINT_CODES", "QUEUE_URL", "ORDERS_TABLE"]),
    );
    expect(permissionsOf(NAME)["dynamodb:UpdateItem"]).toEqual([
      "extrareaderpointcodes",
      "extrareaderpoints",
    ]);
  });

  test("makes a queue that its function reads as declared, with six time-outs and the window of invisibility", () => {
    const source = queuesByName(stacks).get(NAME);
    const readers = stacks
      .resources("service", "AWS::Lambda::EventSourceMapping")
      .filter(({ properties }) => target(properties.EventSourceArn).includes("extrareaderSource"));

    expect(source?.properties.VisibilityTimeout).toBe(6 * 9 + 2);
    expect(readers.map(({ properties }) => properties)).toEqual([
      expect.objectContaining({
        BatchSize: 5,
        MaximumBatchingWindowInSeconds: 2,
        ScalingConfig: { MaximumConcurrency: 4 },
      }),
    ]);
  });

  test("makes its alarms, those of its tables among them", () => {
    const alarms = stacks
      .resources("monitoring", "AWS::CloudWatch::Alarm")
      .map(({ properties }) => shortName(properties.AlarmName))
      .filter((name) => name.includes(NAME));

    expect(alarms.sort()).toEqual([
      "dead-lettered-extra-reader",
      "function-errors-extra-reader",
      "message-age-extra-reader",
      "queue-length-extra-reader",
      "table-throttles-extra-reader-point-codes",
      "table-throttles-extra-reader-points",
      "throttles-extra-reader",
      "undelivered-extra-reader",
    ]);
  });

  test("adds lines to the dashboard", () => {
    const [dashboard] = stacks.resources("monitoring", "AWS::CloudWatch::Dashboard");

    expect(target(dashboard?.properties.DashboardBody)).toContain(`order-events-dev-${NAME}-dlq`);
  });
});
