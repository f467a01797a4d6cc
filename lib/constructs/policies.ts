import { ArnFormat, Stack } from "aws-cdk-lib";
import { Effect, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { FAILED_BY_STATUS } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import type { DataStack } from "../stacks/data.ts";
import type { MessagingStack } from "../stacks/messaging.ts";
import { physicalName } from "../stacks/names.ts";
import type { OrderApi } from "./rest-api.ts";
import type { SourceQueue } from "./source-queue.ts";

/** For whoever places and reads orders. */
export function clientPolicy(scope: Construct, settings: Settings, api: OrderApi): ManagedPolicy {
  return new ManagedPolicy(scope, "ClientPolicy", {
    managedPolicyName: physicalName(settings.stage, "client"),
    description: "Places, reads and cancels orders through the API",
    statements: [allow(["execute-api:Invoke"], api.arnsFor("client"))],
  });
}

export interface OperatorReach {
  readonly api: OrderApi;
  readonly data: DataStack;
  readonly messaging: MessagingStack;
  /** What may be sent to again. */
  readonly queues: readonly SourceQueue[];
}

/** For whoever counts stock and looks after failed messages: all routes, and what the operator's commands do. */
export function operatorPolicy(scope: Construct, settings: Settings, reach: OperatorReach): ManagedPolicy {
  const { api, data, messaging, queues } = reach;
  const failed = data.failedMessages.tableArn;
  return new ManagedPolicy(scope, "OperatorPolicy", {
    managedPolicyName: physicalName(settings.stage, "operator"),
    description:
      "All routes of the API; lists, redrives and discards failed messages; publishes events again",
    statements: [
      allow(["execute-api:Invoke"], api.arnsFor("client", "operator")),
      allow(["dynamodb:GetItem", "dynamodb:PutItem"], [failed]),
      allow(["dynamodb:Query"], [`${failed}/index/${FAILED_BY_STATUS.indexName}`]),
      // Scan finds the orders of a status whose latest event is published again.
      allow(["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Scan"], [data.orders.tableArn]),
      allow(["dynamodb:GetItem", "dynamodb:BatchGetItem"], [data.notifications.tableArn]),
      allow(
        ["sqs:SendMessage", "sqs:GetQueueAttributes"],
        [...new Set(queues.map(({ source }) => source.queueArn))],
      ),
      allow(["sns:Publish"], [messaging.topic.topicArn]),
      ...observing(scope, settings, messaging),
    ],
  });
}

/** What the log groups of the functions begin with, as an ARN. */
export function logGroupsArn(scope: Construct, { stage }: Settings): string {
  const resourceName = `/aws/lambda/${physicalName(stage)}-*`;
  return Stack.of(scope).formatArn({
    service: "logs",
    resource: "log-group",
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Depths of queues, metrics, alarms, and the audit lines of one order. */
function observing(scope: Construct, settings: Settings, messaging: MessagingStack): PolicyStatement[] {
  const queues = messaging.queues.flatMap(({ source, deadLetters, undelivered }) => [
    source,
    deadLetters,
    undelivered,
  ]);
  return [
    allow(
      ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
      queues.map(({ queueArn }) => queueArn),
    ),
    allow(["logs:StartQuery"], [logGroupsArn(scope, settings)]),
    // None of these knows a resource.
    allow(["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms", "logs:GetQueryResults"], ["*"]),
  ];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
}
