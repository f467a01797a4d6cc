import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { AwsAccess } from "../target/aws-target.ts";

export interface AwsClients {
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
}

/** Milliseconds until a try has its reply, and between two parts of it: people wait for what is looked up here. */
const REPLY_MS = 5_000;

/** Clients of the services that know about a deployment. `endpoint` takes the place of all of them, for tests. */
export async function awsClients(access: AwsAccess, endpoint?: string): Promise<AwsClients> {
  // Loaded here: a command against the local emulator needs none of them.
  const [{ CloudWatchClient }, { CloudWatchLogsClient }, { SQSClient }] = await Promise.all([
    import("@aws-sdk/client-cloudwatch"),
    import("@aws-sdk/client-cloudwatch-logs"),
    import("@aws-sdk/client-sqs"),
  ]);
  const { region, credentials } = access;
  const config = {
    region,
    credentials,
    maxAttempts: 3,
    requestHandler: { requestTimeout: REPLY_MS, throwOnRequestTimeout: true, socketTimeout: REPLY_MS },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return {
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    // The address of a queue stands in its URL; a test's fake is asked instead.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: endpoint === undefined }),
  };
}
