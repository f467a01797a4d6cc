import type { FunctionSpec } from "../assembly/model.ts";
import { accessKeyOfFunction } from "../assembly/read-permissions.ts";
import type { AwsEndpoints } from "../types.ts";

const { PATH: searchPath = "/usr/local/bin:/usr/bin:/bin" } = process.env;

/**
 * Variables that point the AWS SDK at the emulator.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const endpointVariables = (
  endpoints: AwsEndpoints,
  others?: string,
): Readonly<Record<string, string>> => ({
  // What the emulator does not run answers with an error that names the service.
  ...(others === undefined ? {} : { AWS_ENDPOINT_URL: others }),
  AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  AWS_ENDPOINT_URL_SNS: endpoints.sns,
  AWS_ENDPOINT_URL_S3: endpoints.s3,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  AWS_ENDPOINT_URL_SESV2: endpoints.ses,
  AWS_REGION: endpoints.region,
  AWS_DEFAULT_REGION: endpoints.region,
});

/**
 * The whole environment of an instance: the function's own variables, Lambda's, and the emulator's. The developer's
 * shell adds none, so a missing variable fails here as in a deployment.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const instanceEnvironment = (
  spec: FunctionSpec,
  emulatorVariables: Readonly<Record<string, string>>,
  runtimeApi: string,
  instanceId: string,
): Record<string, string> => ({
  PATH: searchPath,
  TZ: ":UTC",
  LANG: "en_US.UTF-8",
  ...spec.environment,
  ...emulatorVariables,
  // Of its own, so that its calls are known by their signature.
  AWS_ACCESS_KEY_ID: accessKeyOfFunction(spec.physicalName),
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime ?? "nodejs24.x"}`,
  AWS_LAMBDA_FUNCTION_NAME: spec.physicalName,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup ?? `/aws/lambda/${spec.physicalName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${instanceId}`,
  AWS_LAMBDA_RUNTIME_API: runtimeApi,
  LAMBDA_TASK_ROOT: spec.assetDir,
  _HANDLER: spec.handler,
});
