/** A limit of AWS, its place in the documentation, and how to raise it. */
export interface Quota {
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
  /** Absent where AWS does not raise it. */
  readonly raise?: string;
}

/** What an account may use in a region unless AWS has raised it. */
export interface RegionQuotas {
  /** Messages, not calls: each entry of a PublishBatch counts. */
  readonly snsMessagesPerSecond: Quota;
  readonly sesMailsPerSecond: Quota;
  readonly lambdaConcurrency: Quota;
  readonly apiRequestsPerSecond: Quota;
  readonly apiBurst: Quota;
  /** Of one partition: all items of one partition key, and a busy item at the least. */
  readonly dynamoDbWriteUnitsPerPartition: Quota;
  readonly dynamoDbReadUnitsPerPartition: Quota;
  readonly dynamoDbWriteUnitsPerTable: Quota;
  readonly dynamoDbReadUnitsPerTable: Quota;
}

const SNS = "https://docs.aws.amazon.com/general/latest/gr/sns.html";
const SES = "https://docs.aws.amazon.com/ses/latest/dg/quotas.html";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const API = "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html";
const PARTITION =
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html";
const TABLE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html";

const SNS_MESSAGES: Readonly<Record<string, number>> = {
  "us-east-1": 30_000,
  "us-west-2": 9_000,
  "eu-west-1": 9_000,
  "us-east-2": 1_500,
  "us-west-1": 1_500,
  "ap-south-1": 1_500,
  "ap-northeast-1": 1_500,
  "ap-northeast-2": 1_500,
  "ap-southeast-1": 1_500,
  "ap-southeast-2": 1_500,
  "eu-central-1": 1_500,
};
const OTHER_SNS_MESSAGES = 300;

/** Regions with a quarter of the requests. */
const SMALL_APIS: ReadonlySet<string> = new Set([
  "af-south-1",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "mx-central-1",
]);

export function quotasOf(region: string): RegionQuotas {
  const isSmall = SMALL_APIS.has(region);
  return {
    snsMessagesPerSecond: {
      limit: SNS_MESSAGES[region] ?? OTHER_SNS_MESSAGES,
      unit: "messages/s",
      source: SNS,
      raise: "Service Quotas, SNS: messages published per second",
    },
    sesMailsPerSecond: {
      limit: 14,
      unit: "mails/s",
      source: `${SES} (production; 1 in the sandbox)`,
      raise: "Service Quotas, SES: sending rate",
    },
    lambdaConcurrency: {
      limit: 1_000,
      unit: "invocations at a time",
      source: `${LAMBDA} (a new account may have 10)`,
      raise: "Service Quotas, Lambda: L-B99A9384",
    },
    apiRequestsPerSecond: {
      limit: isSmall ? 2_500 : 10_000,
      unit: "requests/s",
      source: API,
      raise: "Service Quotas, API Gateway: L-8A5B8E43",
    },
    apiBurst: { limit: isSmall ? 1_250 : 5_000, unit: "requests at once", source: API },
    dynamoDbWriteUnitsPerPartition: { limit: 1_000, unit: "write units/s", source: PARTITION },
    dynamoDbReadUnitsPerPartition: { limit: 3_000, unit: "read units/s", source: PARTITION },
    dynamoDbWriteUnitsPerTable: {
      limit: 40_000,
      unit: "write units/s",
      source: TABLE,
      raise: "Service Quotas, DynamoDB: table-level write throughput",
    },
    dynamoDbReadUnitsPerTable: {
      limit: 40_000,
      unit: "read units/s",
      source: TABLE,
      raise: "Service Quotas, DynamoDB: table-level read throughput",
    },
  };
}

/** A region whose name AWS could have given. */
export const REGION_PATTERN = /^[a-z]{2}(-[a-z]+)+-\d$/;
