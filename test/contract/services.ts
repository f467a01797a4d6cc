import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FAILED_LISTING } from "../../functions/contract/failures.ts";
import { TABLE_KEYS, UNFINISHED_ORDERS } from "../../functions/contract/names.ts";
import { CREDENTIALS } from "../../lib/emulator/credentials.ts";
import { startDynamoDb } from "../../lib/emulator/services/dynamodb.ts";
import { type Messaging, startMessaging } from "../../lib/emulator/services/start-messaging.ts";

const REGION = "eu-central-1";

/** Adapters with their own clients find the services by the environment, as the functions do. */
export function pointSdkAt(endpoint: string): void {
  process.env["AWS_REGION"] = REGION;
  process.env["AWS_ACCESS_KEY_ID"] = CREDENTIALS.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = CREDENTIALS.secretAccessKey;
  process.env["AWS_ENDPOINT_URL"] = endpoint;
}

export interface Database {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  /** Creates a table and returns its name. */
  table(kind: keyof typeof TABLE_KEYS): Promise<string>;
  close(): Promise<void>;
}

/** DynamoDB for one test file, in memory. */
export async function database(): Promise<Database> {
  const service = await startDynamoDb({});
  const client = new DynamoDBClient({ endpoint: service.endpoint, region: REGION, credentials: CREDENTIALS });
  let tables = 0;
  return {
    client,
    endpoint: service.endpoint,
    async table(kind) {
      tables += 1;
      const TableName = `${kind}-${tables}`;
      await client.send(new CreateTableCommand(definitionOf(kind, TableName)));
      return TableName;
    },
    async close() {
      client.destroy();
      await service.close();
    },
  };
}

function definitionOf(kind: keyof typeof TABLE_KEYS, TableName: string): CreateTableCommandInput {
  const key = TABLE_KEYS[kind];
  const table: CreateTableCommandInput = {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
  };
  const index = INDEXES[kind];
  if (index === undefined) return table;
  const { indexName, partitionKey, sortKey } = index;
  return {
    ...table,
    AttributeDefinitions: [key, partitionKey, sortKey].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: indexName,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: "HASH" },
          { AttributeName: sortKey, KeyType: "RANGE" },
        ],
        Projection: {
          ProjectionType: "INCLUDE",
          NonKeyAttributes: kind === "orders" ? [UNFINISHED_ORDERS.waits] : [...FAILED_LISTING.projected],
        },
      },
    ],
  };
}

const INDEXES: {
  readonly [K in keyof typeof TABLE_KEYS]?: typeof FAILED_LISTING | typeof UNFINISHED_ORDERS;
} = {
  failedMessages: FAILED_LISTING,
  orders: UNFINISHED_ORDERS,
};

/** SNS, SQS and S3 for one test file, in this process. */
export async function messaging() {
  const service = await startMessaging({ region: REGION });
  pointSdkAt(service.endpoint);
  return service;
}

/** Creates a queue. Its URL is on loopback, because some resolvers do not find the host name of fauxqs. */
export function newQueue(service: Messaging, name: string): { readonly url: string; readonly arn: string } {
  const url = `${service.endpoint}/000000000000/${name}`;
  const arn = `arn:aws:sqs:${REGION}:000000000000:${name}`;
  service.queues.createQueue(name, url, arn, {});
  return { url, arn };
}
