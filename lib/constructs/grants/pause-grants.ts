import { ArnFormat, Stack } from "aws-cdk-lib";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { ENV } from "../../../functions/contract/names.ts";
import type { Pausable } from "../../../functions/contract/pausable.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { grantTable } from "./table-grants.ts";

const lambdaArn = (scope: Construct, resource: string, resourceName: string) =>
  Stack.of(scope).formatArn({
    service: "lambda",
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** All event source mappings of the account. */
export const mappingsArn = (scope: Construct): string => lambdaArn(scope, "event-source-mapping", "*");

/**
 * Switches the event source mappings of these consumers' functions, and writes the rows of their pauses. Mappings have no
 * names that are known before a deployment: the condition names their functions. The listing supports no resources:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export const grantPauseConsumers =
  (failedMessages: ITable, consumers: readonly Pausable[]): ConsumerGrant =>
  (holder) => {
    const functions = consumers.map(({ functionName }) => lambdaArn(holder, "function", functionName));
    holder
      .grant(grantTable(failedMessages, ENV.failedMessagesTable, "GetItem", "PutItem"))
      .allow(["lambda:ListEventSourceMappings"], "*")
      .allowIf(
        { StringEquals: { "lambda:FunctionArn": functions } },
        ["lambda:UpdateEventSourceMapping"],
        mappingsArn(holder),
      )
      .set(ENV.pausableConsumers, JSON.stringify(consumers));
  };
