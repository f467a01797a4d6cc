import { ArnFormat, Aws, CustomResource, Stack } from "aws-cdk-lib";
import type { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Settings } from "../config.ts";
import { deployedAs, EventFunction } from "./event-function.ts";
import type { MappingsProperties } from "./rabbitmq-mappings-handler.ts";

/** The longest that a function may run, less than CloudFormation waits. */
const TIMEOUT_SECONDS = 840;

/**
 * Deletes event source mappings before their functions and roles, and waits for their network interfaces. It acts only
 * when the stack is deleted. It is outside of the network, which has no endpoint of EC2.
 */
export function releasedMappings(
  scope: Construct,
  mappings: readonly CfnEventSourceMapping[],
  roles: readonly Construct[],
  { settings, bundle }: { readonly settings: Settings; readonly bundle: string },
): EventFunction {
  const stack = Stack.of(scope);
  const ids = mappings.map(({ attrId }) => attrId);
  const arns = ids.map((resourceName) =>
    stack.formatArn({
      service: "lambda",
      resource: "event-source-mapping",
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  const releaser = new EventFunction(scope, "rabbitmq-mappings", {
    ...deployedAs(settings, "rabbitmq-mappings"),
    bundle,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  releaser.allow(["lambda:DeleteEventSourceMapping"], ...arns).allow(["ec2:DescribeNetworkInterfaces"], "*");
  const resource = new CustomResource(scope, "Mappings", {
    resourceType: "Custom::RabbitMQMappings",
    serviceToken: releaser.function.functionArn,
    properties: {
      Mappings: ids,
      AccountId: Aws.ACCOUNT_ID,
      UrlSuffix: Aws.URL_SUFFIX,
    } satisfies MappingsProperties,
  });
  // Deleted before these: Lambda releases the interfaces with the permissions of the functions.
  resource.node.addDependency(releaser.role, ...roles);
  return releaser;
}
