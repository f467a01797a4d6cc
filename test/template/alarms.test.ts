import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { declarationOf, FUNCTIONS, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { METRICS, SERVICE, TABLE_NAMES } from "../../functions/contract/names.ts";
import { type AlarmKind, THRESHOLDS } from "../../lib/settings/thresholds.ts";
import { shortName, statements, synthesized, target } from "./synthesized.ts";

const stacks = synthesized({ alarmEmail: "ops@shop.example", mailSender: "orders@shop.example" });
const alarms = new Map(
  stacks
    .resources("monitoring", "AWS::CloudWatch::Alarm")
    .map(({ properties }) => [shortName(properties.AlarmName), properties]),
);
const [topic] = stacks.resources("monitoring", "AWS::SNS::Topic");
const kinds = Object.keys(THRESHOLDS) as AlarmKind[];
const consumers = QUEUE_CONSUMERS;
const tables = [
  ...Object.values(TABLE_NAMES),
  ...consumers.flatMap((of) => (declarationOf(of).tables ?? []).map(({ name }) => `${of}-${name}`)),
];

describe("alarms", () => {
  test("are listed, so that a removed one fails here", () => {
    expect([...alarms.keys()].sort()).toEqual(
      [
        ...["queue-length", "message-age", "dead-lettered", "undelivered"].flatMap((kind) =>
          consumers.map((of) => `${kind}-${of}`),
        ),
        ...tables.map((of) => `table-throttles-${of}`),
        ...["throttles", "function-errors"].flatMap((kind) => FUNCTIONS.map((of) => `${kind}-${of}`)),
        ...["api-errors", "delivery-failed", "failed-messages", "iterator-age"],
        ...["open-failed-messages", "publish-failed", "publishing-late"],
        ...["pending-orders", "consumer-paused", "maintenance-silent"],
        ...["api-throttled", "publish-throttled", "mails-throttled"],
        ...["mails-rejected", "mail-bounce-rate", "mail-complaint-rate", "mail-feedback-failed"],
      ].sort(),
    );
  });

  test.each([...alarms])("%s notifies the alarm topic, and links its runbook", (name, alarm) => {
    const kind = kinds.find((each) => name === each || name.startsWith(`${each}-`));

    expect(alarm.AlarmActions).toEqual([{ Ref: topic?.id }]);
    expect(alarm.OKActions).toEqual([{ Ref: topic?.id }]);
    expect(alarm.ActionsEnabled ?? true).toBe(true);
    expect(alarm.AlarmDescription).toMatch(new RegExp(`runbooks\\.md#alarm-${kind}$`));
  });

  test("are OK without data, except that of maintenance, which reports each run", () => {
    const silent = [...alarms].filter(([, { TreatMissingData }]) => TreatMissingData !== "notBreaching");

    expect(silent.map(([name, { TreatMissingData }]) => [name, TreatMissingData])).toEqual([
      ["maintenance-silent", "breaching"],
    ]);
    expect(alarms.get("maintenance-silent")).toMatchObject({
      MetricName: METRICS.maintenanceRuns,
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 5,
    });
  });

  test.each([
    ["queue-length-order-created", 10_000, 60, "Maximum"],
    ["failed-messages", 100, 300, "Sum"],
    ["iterator-age", 3_000_000, 60, "Maximum"],
    ["open-failed-messages", 0, 300, "Maximum"],
    ["dead-lettered-order-created", 0, 300, "Sum"],
    ["publish-failed", 0, 300, "Sum"],
    ["pending-orders", 0, 300, "Maximum"],
  ])("E14: %s goes off above %i within %i seconds, not at it", (name, threshold, period, statistic) => {
    expect(alarms.get(name)).toMatchObject({
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: threshold,
      Period: period,
      Statistic: statistic,
      EvaluationPeriods: 1,
    });
  });

  test("E14: iterator-age goes off before the event source mapping gives up the record", () => {
    const mappings = stacks.resources("service", "AWS::Lambda::EventSourceMapping");
    const ages = mappings.flatMap(({ properties }) => properties.MaximumRecordAgeInSeconds ?? []);

    expect(ages).toHaveLength(1);
    expect(alarms.get("iterator-age").Threshold).toBeLessThan(ages[0] * 1_000);
  });

  test("E6, E14: on dead-letter queues count receives, because their depth returns to zero", () => {
    for (const of of consumers) {
      expect(alarms.get(`dead-lettered-${of}`)).toMatchObject({
        MetricName: "NumberOfMessagesReceived",
        Dimensions: [{ Name: "QueueName", Value: `order-events-dev-${of}-dlq` }],
      });
    }
  });

  test("watch only resources that exist in the other stacks", () => {
    const names = JSON.stringify([
      ...stacks.resources("data").map(({ properties }) => properties.TableName),
      ...stacks.resources("messaging").map(({ properties }) => properties.QueueName ?? properties.TopicName),
      ...stacks
        .resources("service")
        .map(
          ({ type, properties }) => properties.FunctionName ?? (type.endsWith("RestApi") && properties.Name),
        ),
    ]);

    for (const [name, { Dimensions = [] }] of alarms)
      for (const { Name, Value } of Dimensions)
        if (Name !== "Stage" && Name !== "service") expect(names, name).toContain(`"${Value}"`);
  });

  test("watch the project's own metrics by service alone, because an alarm cannot sum over dimensions", () => {
    const own = [...alarms.values()].filter(({ Namespace }) => Namespace === "order-events");

    expect(own.map(({ MetricName }) => MetricName).sort()).toEqual(
      [
        METRICS.failed,
        METRICS.publishFailed,
        METRICS.openFailedMessages,
        METRICS.unfinishedOrders,
        METRICS.pauseAge,
        METRICS.publishThrottled,
        METRICS.mailsThrottled,
        METRICS.mailsRejected,
        METRICS.maintenanceRuns,
      ].sort(),
    );
    for (const { Dimensions } of own)
      expect(Dimensions).toEqual([{ Name: "service", Value: `${SERVICE}-dev` }]);
  });

  test("E14: count requests that the API refused with 429 in its access log", () => {
    const { Namespace, MetricName } = alarms.get("api-throttled");
    const [filter] = stacks.resources("service", "AWS::Logs::MetricFilter");
    const [stage] = stacks.resources("service", "AWS::ApiGateway::Stage");

    expect(filter?.properties).toMatchObject({
      FilterPattern: '{ $.status = "429" }',
      MetricTransformations: [{ MetricNamespace: Namespace, MetricName, MetricValue: "1" }],
    });
    expect(Namespace).toBe("order-events-dev");
    const group = filter?.properties.LogGroupName;
    expect(JSON.stringify(stage?.properties.AccessLogSetting.DestinationArn)).toContain(group.Ref);
    expect(JSON.parse(stage?.properties.AccessLogSetting.Format)).toMatchObject({
      status: "$context.status",
    });
  });

  test("on mails are there only where mails are sent", () => {
    const without = synthesized({ mailSender: "" }).resources("monitoring", "AWS::CloudWatch::Alarm");

    const ofMails = ["mails-throttled", "mails-rejected", "mail-bounce-rate", "mail-complaint-rate"];
    for (const name of [...ofMails, "mail-feedback-failed"]) {
      expect(alarms.has(name)).toBe(true);
      expect(without.map(({ properties }) => shortName(properties.AlarmName))).not.toContain(name);
    }
  });

  // https://docs.aws.amazon.com/ses/latest/dg/reputation-dashboard-messages.html
  test.each([
    ["mail-bounce-rate", "Reputation.BounceRate", 0.05],
    ["mail-complaint-rate", "Reputation.ComplaintRate", 0.001],
  ])("H6: %s goes off at the level at which AWS reviews the account", (name, MetricName, Threshold) => {
    expect(alarms.get(name)).toMatchObject({
      Namespace: "AWS/SES",
      MetricName,
      Threshold,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    });
    expect(alarms.get(name)?.Dimensions).toBeUndefined();
  });

  test("H6: another level is a setting", () => {
    const chosen = synthesized({
      mailSender: "orders@shop.example",
      alarmThresholds: "mail-bounce-rate:0.02",
    }).resources("monitoring", "AWS::CloudWatch::Alarm");
    const rate = chosen.find(({ properties }) => shortName(properties.AlarmName) === "mail-bounce-rate");

    expect(rate?.properties).toMatchObject({ Threshold: 0.02 });
    expect(rate?.properties.AlarmDescription).toMatch(/^2 percent or more /);
  });

  test("B10: watch deliveries that SNS gives up at the topic", () => {
    expect(alarms.get("delivery-failed")).toMatchObject({
      MetricName: "NumberOfNotificationsFailed",
      Dimensions: [{ Name: "TopicName", Value: "order-events-dev" }],
    });
  });
});

describe("runbooks", () => {
  const page = readFileSync(new URL("../../lib/stacks/runbooks.md", import.meta.url), "utf8");

  test.each(kinds)("exist for %s", (kind) => {
    expect(page).toMatch(new RegExp(`^#+ alarm-${kind}$`, "m"));
  });

  test("exist for no other alarm", () => {
    const headings = [...page.matchAll(/^#+ alarm-(.+)$/gm)].map(([, kind]) => kind);

    expect(headings.sort()).toEqual([...kinds].sort());
  });
});

describe("the alarm topic", () => {
  const [policy] = stacks.resources("monitoring", "AWS::SNS::TopicPolicy");

  test("B10: permits CloudWatch of this account to publish, with TLS only", () => {
    expect(statements(policy?.properties.PolicyDocument)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ effect: "Deny", conditions: { Bool: { "aws:SecureTransport": "false" } } }),
        expect.objectContaining({
          effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          actions: ["sns:Publish"],
          resources: [{ Ref: topic?.id }],
          conditions: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
        }),
      ]),
    );
  });

  test("has no key, which CloudWatch could not use", () => {
    expect(topic?.properties.KmsMasterKeyId).toBeUndefined();
  });

  test("has the address of the settings as its subscriber, or none", () => {
    const [subscription] = stacks.resources("monitoring", "AWS::SNS::Subscription");

    expect(subscription?.properties).toMatchObject({ Protocol: "email", Endpoint: "ops@shop.example" });
    expect(synthesized().resources("monitoring", "AWS::SNS::Subscription")).toEqual([]);
  });
});

describe("the budget", () => {
  test("J4: mails actual and forecast cost to the alarm address", () => {
    const with50 = synthesized({ alarmEmail: "ops@shop.example", monthlyBudgetUsd: 50 });
    const [budget] = with50.resources("monitoring", "AWS::Budgets::Budget");

    expect(budget?.properties.Budget).toMatchObject({
      BudgetLimit: { Amount: 50, Unit: "USD" },
      TimeUnit: "MONTHLY",
    });
    expect(target(budget?.properties.NotificationsWithSubscribers)).toContain("ops@shop.example");
    expect(stacks.resources("monitoring", "AWS::Budgets::Budget")).toEqual([]);
  });
});
