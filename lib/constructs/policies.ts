import { ArnFormat, Stack } from "aws-cdk-lib";
import { Effect, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Settings } from "../config.ts";
import type { ConsumerQueue } from "./consumer-queue.ts";
import type { OrderApi } from "./order-api.ts";
import { logGroupName, regionalName } from "./resource-names.ts";

/** For clients, which place and read orders. */
export function clientPolicy(scope: Construct, settings: Settings, api: OrderApi): ManagedPolicy {
  return new ManagedPolicy(scope, "ClientPolicy", {
    managedPolicyName: regionalName(Stack.of(scope).region, settings, "client"),
    description: "Places, reads and cancels orders through the API",
    statements: [allow(["execute-api:Invoke"], api.arnsFor("client"))],
  });
}

/** The ARN of a construct's stack. Its id is unknown before the deployment. */
export function stackArn(scope: Construct): string {
  const { stackName } = Stack.of(scope);
  return Stack.of(scope).formatArn({
    service: "cloudformation",
    resource: "stack",
    resourceName: `${stackName}/*`,
  });
}

/**
 * For operators, who set stock and work on failed messages: all routes, and the data of the commands and the console.
 * It grants no table, queue or topic: each act on a message goes through the API, which audits its caller.
 */
export function operatorPolicy(
  scope: Construct,
  settings: Settings,
  api: OrderApi,
  queues: readonly ConsumerQueue[],
): ManagedPolicy {
  return new ManagedPolicy(scope, "OperatorPolicy", {
    managedPolicyName: regionalName(Stack.of(scope).region, settings, "operator"),
    // Another text would replace the policy, which its fixed name forbids.
    description: "All routes of the API; depths of queues, metrics, alarms, and the audit lines of an order",
    statements: [
      allow(["execute-api:Invoke"], api.arnsFor("client", "operator")),
      // The commands find the API by the outputs of its stack.
      allow(["cloudformation:DescribeStacks"], [stackArn(scope)]),
      ...observing(scope, settings, queues),
    ],
  });
}

/** The log groups of the functions and of the API's access log, with their streams. */
export function logGroupsArn(scope: Construct, settings: Settings): string {
  return Stack.of(scope).formatArn({
    service: "logs",
    resource: "log-group",
    resourceName: logGroupName(settings, "*"),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Depths of queues, metrics, alarms, logs, and the audit lines of one order. */
function observing(
  scope: Construct,
  settings: Settings,
  consumers: readonly ConsumerQueue[],
): PolicyStatement[] {
  const queues = consumers.flatMap(({ source, deadLetters, undelivered }) => [
    source,
    deadLetters,
    undelivered,
  ]);
  const logs = logGroupsArn(scope, settings);
  return [
    allow(
      ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
      queues.map(({ queueArn }) => queueArn),
    ),
    // FilterLogEvents is called by `aws logs tail`.
    allow(["logs:StartQuery", "logs:FilterLogEvents"], [logs]),
    // None of these actions supports resources.
    allow(["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms", "logs:GetQueryResults"], ["*"]),
  ];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
}
