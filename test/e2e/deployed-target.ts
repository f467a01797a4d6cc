import { randomUUID } from "node:crypto";
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { FUNCTIONS } from "../../functions/consumers/consumers.ts";
import { TABLE_NAMES } from "../../functions/contract/names.ts";
import { logGroupName, physicalName, queueName } from "../../lib/constructs/resource-names.ts";
import { awsOrigins, signedFetch } from "../../lib/operator/target/aws-target.ts";
import { accessTo, type Deployment } from "./deployment.ts";
import { countIn } from "./metric-lines.ts";
import type { OpenTarget, SentMail } from "./target.ts";

/** A deployment in an emulator or an account, through the APIs of the services. */
export async function openDeployment(deployment: Deployment): Promise<OpenTarget> {
  const { kind, stage, endpoint, url } = deployment;
  const openedAt = Date.now();
  const { region, credentials } = await accessTo(deployment);
  const options = { region, credentials, ...(endpoint !== undefined && { endpoint }) };
  const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: endpoint === undefined });
  const dynamoDb = new DynamoDBClient(options);
  const logsClient = new CloudWatchLogsClient(options);
  const alarmsClient = new CloudWatchClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const lambda = signedFetch({ region, credentials }, "lambda");
  const lambdaOrigin = endpoint ?? (await awsOrigins(region))("lambda");

  /** LocalStack ignores the log group of a function, and makes one of its own at the first line. */
  async function groupOf(name: string): Promise<string | undefined> {
    if (kind !== "localstack") return logGroupName(stage, name);
    const logGroupNamePrefix = `/aws/lambda/${physicalName(stage, name)}`;
    const { logGroups = [] } = await logsClient.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
    return logGroups.find(({ logGroupName: group }) => group === logGroupNamePrefix)?.logGroupName;
  }

  async function logs(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const name of FUNCTIONS) {
      const group = await groupOf(name);
      if (group === undefined) continue;
      const pages = paginateFilterLogEvents(
        { client: logsClient },
        { logGroupName: group, startTime: openedAt },
      );
      for await (const { events = [] } of pages) lines.push(...events.map(({ message = "" }) => message));
    }
    return lines;
  }

  return {
    kind,
    url,
    fetch: signedFetch({ region, credentials }, "execute-api"),
    tag: `-${randomUUID().slice(0, 8)}`,
    sqs,
    dynamoDb,
    async queueUrl(consumer, role = "source") {
      const { QueueUrl = "" } = await sqs.send(
        new GetQueueUrlCommand({ QueueName: queueName(stage, consumer, role) }),
      );
      return QueueUrl;
    },
    tableName: (table) => physicalName(stage, TABLE_NAMES[table]),
    mails: () => mailsOf(deployment),
    counted: async (outcome, consumer, type) => countIn(await logs(), { outcome, consumer, type }),
    logs,
    async alarms() {
      const AlarmNamePrefix = `${physicalName(stage)}-`;
      const names: string[] = [];
      for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
        { client: alarmsClient },
        { AlarmNamePrefix },
      )) {
        names.push(...MetricAlarms.map(({ AlarmName = "" }) => AlarmName.slice(AlarmNamePrefix.length)));
      }
      return names;
    },
    async invoke(functionName, event = {}) {
      const path = `/2015-03-31/functions/${physicalName(stage, functionName)}/invocations`;
      const answer = await lambda(`${lambdaOrigin}${path}`, { method: "POST", body: JSON.stringify(event) });
      const text = await answer.text();
      if (!answer.ok || answer.headers.has("x-amz-function-error"))
        throw new Error(`${functionName}: ${answer.status} ${text}`);
      return JSON.parse(text);
    },
    async leaveCrashedBatch(event) {
      const Body = JSON.stringify({ payload: event });
      await s3.send(
        new PutObjectCommand({ Bucket: deployment.bucket, Key: `crashed/${randomUUID()}`, Body }),
      );
    },
    async close() {
      for (const each of [sqs, dynamoDb, logsClient, alarmsClient, s3]) each.destroy();
    },
  };
}

interface MiniStackMails {
  readonly messages: Readonly<Record<string, readonly MiniStackMail[]>>;
}
interface MiniStackMail {
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
}

async function mailsOf({ kind, endpoint }: Deployment): Promise<readonly SentMail[]> {
  const read = async <Body>(path: string) => (await (await fetch(`${endpoint}${path}`)).json()) as Body;
  switch (kind) {
    case "ministack": {
      const { messages } = await read<MiniStackMails>("/_ministack/ses/messages");
      return Object.values(messages)
        .flat()
        .map(({ To, Subject, BodyText }) => ({ to: To, subject: Subject, text: BodyText }));
    }
    case "localstack":
    case "aws":
      throw new Error(`Mails cannot be read at ${kind}.`);
  }
}
