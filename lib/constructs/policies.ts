import { ArnFormat, Stack } from "aws-cdk-lib";
import { Effect, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Settings } from "../config.ts";
import type { ConsumerQueue } from "./consumer-queue.ts";
import type { OrderApi } from "./order-api.ts";
import { physicalName } from "./resource-names.ts";

/** For clients, which place and read orders. */
export function clientPolicy(scope: Construct, settings: Settings, api: OrderApi): ManagedPolicy {
  return new ManagedPolicy(scope, "ClientPolicy", {
    managedPolicyName: physicalName(settings.stage, "client"),
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
    managedPolicyName: physicalName(settings.stage, "operator"),
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

/** ARNs of the log groups of the functions, and of the streams of the API's access log. */
export function logGroupArns(
  scope: Construct,
  { stage }: Settings,
): Readonly<Record<"functions" | "api", string>> {
  const arn = (resourceName: string) =>
    Stack.of(scope).formatArn({
      service: "logs",
      resource: "log-group",
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const name = physicalName(stage);
  return { functions: arn(`/aws/lambda/${name}-*`), api: arn(`/aws/apigateway/${name}:*`) };
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
  const logs = logGroupArns(scope, settings);
  return [
    allow(
      ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
      queues.map(({ queueArn }) => queueArn),
    ),
    allow(["logs:StartQuery"], [logs.functions]),
    // Called by `aws logs tail`.
    allow(["logs:FilterLogEvents"], [logs.functions, logs.api]),
    // None of these actions supports resources.
    allow(["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms", "logs:GetQueryResults"], ["*"]),
  ];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
}
