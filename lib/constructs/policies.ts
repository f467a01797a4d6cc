import { ArnFormat, Stack } from "aws-cdk-lib";
import { Effect, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Role } from "../../functions/contract/roles.ts";
import type { Settings } from "../config.ts";
import type { ConsumerQueue } from "./consumer-queue.ts";
import type { OrderApi } from "./order-api.ts";
import { logGroupName, regionalName } from "./resource-names.ts";

/**
 * The policy of a role: its routes, and for the roles of operation the data of the commands and the console. None grants
 * a table, queue or topic: each act on a message goes through the API, which audits its caller.
 */
export function rolePolicy(
  scope: Construct,
  role: Role,
  settings: Settings,
  api: OrderApi,
  queues: readonly ConsumerQueue[],
): ManagedPolicy {
  return new ManagedPolicy(scope, policyId(role), {
    managedPolicyName: regionalName(Stack.of(scope).region, settings, role),
    // Another text would replace the policy, which its fixed name forbids.
    description: DESCRIPTIONS[role],
    statements: [
      allow(["execute-api:Invoke"], api.arnsFor(role)),
      ...(role === "client" ? [] : observing(scope, settings, queues)),
    ],
  });
}

/** Its id in the stack, and the beginning of its output. */
export const policyId = (role: Role): string => `${role.charAt(0).toUpperCase()}${role.slice(1)}Policy`;

const OBSERVING = "depths of queues, metrics, alarms, and the audit lines of an order";
const DESCRIPTIONS: Readonly<Record<Role, string>> = {
  client: "Places, reads and cancels orders through the API",
  reader: `Reads through the API, without bodies of messages; ${OBSERVING}`,
  operator: `Reads and acts on one message or order through the API; ${OBSERVING}`,
  administrator: `All routes of the API; ${OBSERVING}`,
};

/** The ARN of a construct's stack. Its id is unknown before the deployment. */
export function stackArn(scope: Construct): string {
  const { stackName } = Stack.of(scope);
  return Stack.of(scope).formatArn({
    service: "cloudformation",
    resource: "stack",
    resourceName: `${stackName}/*`,
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
    // The commands find the API by the outputs of its stack.
    allow(["cloudformation:DescribeStacks"], [stackArn(scope)]),
    allow(
      ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
      queues.map(({ queueArn }) => queueArn),
    ),
    // FilterLogEvents is called by the live view and by `aws logs tail`.
    allow(["logs:StartQuery", "logs:FilterLogEvents"], [logs]),
    // None of these actions supports resources.
    allow(["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms", "logs:GetQueryResults"], ["*"]),
  ];
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
}
