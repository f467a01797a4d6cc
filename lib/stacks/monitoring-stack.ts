import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import type { Alarm, IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { declarationOf, isQueueConsumer } from "../../functions/consumers/consumers.ts";
import { readingOf, type Settings } from "../config.ts";
import { type AlarmMetric, alarmMetrics } from "../constructs/alarm-metrics.ts";
import { alarmAbove } from "../constructs/consumer-alarms.ts";
import { addDashboard } from "../constructs/dashboard.ts";
import { kafkaAlarmMetrics } from "../constructs/kafka-alarm-metrics.ts";
import { rabbitAlarmMetrics } from "../constructs/rabbitmq-alarm-metrics.ts";
import { physicalName, regionalName } from "../constructs/resource-names.ts";
import { thresholdOf } from "../settings/alarm-thresholds.ts";

/** Alarms, their topic, and a dashboard. Stateless; watches by name. */
export class MonitoringStack extends Stack {
  readonly alarmTopic: Topic;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const { settings } = props;
    this.alarmTopic = this.#topic(settings);
    const action = new SnsAction(this.alarmTopic);
    this.alarms = [
      ...alarmMetrics(settings),
      ...kafkaAlarmMetrics(settings),
      ...rabbitAlarmMetrics(settings),
    ].map((each) => this.#alarm(each, settings, action));
    addDashboard(this, settings);
    if (settings.monthlyBudgetUsd > 0) this.#budget(settings);
    new CfnOutput(this, "AlarmTopicArn", { value: this.alarmTopic.topicArn });
  }

  /** Without a key, because CloudWatch cannot use that of SNS. An alarm holds names and numbers only. */
  #topic(settings: Settings): Topic {
    const topic = new Topic(this, "AlarmTopic", {
      topicName: physicalName(settings, "alarms"),
      enforceSSL: true,
    });
    // `enforceSSL` replaces the default policy by one that only denies; without this, no alarm would be published.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsPublish",
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": this.account } },
      }),
    );
    if (settings.alarmEmail !== "") topic.addSubscription(new EmailSubscription(settings.alarmEmail));
    return topic;
  }

  #alarm({ kind, of = "", metric }: AlarmMetric, settings: Settings, action: IAlarmAction): Alarm {
    const declared = isQueueConsumer(of) ? declarationOf(of) : {};
    const threshold = thresholdOf(settings, kind, readingOf(settings, declared).batchWindowSeconds);
    const name = of === "" ? kind : `${kind}-${of}`;
    const description = `${threshold.means} Runbook: lib/stacks/runbooks.md#alarm-${kind}`;
    return alarmAbove(this, name, {
      metric,
      threshold,
      description,
      alarmName: physicalName(settings, name),
      action,
    });
  }

  #budget(settings: Settings): void {
    const { monthlyBudgetUsd, alarmEmail } = settings;
    const notify = (notificationType: "ACTUAL" | "FORECASTED", threshold: number) => ({
      notification: {
        notificationType,
        threshold,
        comparisonOperator: "GREATER_THAN",
        thresholdType: "PERCENTAGE",
      },
      subscribers: [{ subscriptionType: "EMAIL", address: alarmEmail }],
    });
    new CfnBudget(this, "Budget", {
      budget: {
        budgetName: regionalName(this.region, settings),
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: monthlyBudgetUsd, unit: "USD" },
      },
      notificationsWithSubscribers: [notify("ACTUAL", 80), notify("FORECASTED", 100)],
    });
  }
}
