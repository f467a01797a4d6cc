import { Agent } from "node:https";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AwsAccess } from "../target/aws-target.ts";
import { proxiesOf } from "../target/proxies.ts";

export interface AwsClients {
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
}

/** Per attempt; short, because an operator waits for the response. */
const REQUEST_TIMEOUT_MS = 5_000;

/** `endpoint` replaces the endpoints of all services, for tests. */
export async function awsClients(access: AwsAccess, endpoint?: string): Promise<AwsClients> {
  // Loaded here, because a command against the local emulator does not need them.
  const [{ CloudWatchClient }, { CloudWatchLogsClient }, { SQSClient }] = await Promise.all([
    import("@aws-sdk/client-cloudwatch"),
    import("@aws-sdk/client-cloudwatch-logs"),
    import("@aws-sdk/client-sqs"),
  ]);
  const { region, credentials } = access;
  const proxyEnv = proxiesOf(process.env);
  const config = {
    region,
    credentials,
    maxAttempts: 3,
    requestHandler: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: REQUEST_TIMEOUT_MS,
      ...(proxyEnv && { httpsAgent: new Agent({ keepAlive: true, proxyEnv }) }),
    },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return {
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    // A queue URL holds an address of AWS, which would bypass the endpoint.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: endpoint === undefined }),
  };
}
