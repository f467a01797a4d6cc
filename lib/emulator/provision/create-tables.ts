import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { TableSpec } from "../assembly/model.ts";
import { CREDENTIALS } from "../credentials.ts";

/** Creates missing tables. Returns the ARN of each table's stream, by table name. */
export async function provisionTables(
  endpoint: string,
  region: string,
  tables: readonly TableSpec[],
): Promise<ReadonlyMap<string, string>> {
  const client = new DynamoDBClient({ endpoint, region, credentials: CREDENTIALS });
  try {
    const streams = await Promise.all(tables.map((table) => ensureTable(client, table)));
    return new Map(streams.flatMap((stream) => (stream === undefined ? [] : [stream])));
  } finally {
    client.destroy();
  }
}

async function ensureTable(client: DynamoDBClient, table: TableSpec): Promise<[string, string] | undefined> {
  // The template's properties carry the names of the API's fields; dynoxide checks them as DynamoDB does.
  const input = table.createInput as unknown as CreateTableCommandInput;
  const created = await client.send(new CreateTableCommand(input)).then(() => true, existsAlready);
  if (created && table.ttlAttribute !== undefined) {
    const specification = { Enabled: true, AttributeName: table.ttlAttribute };
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: table.name, TimeToLiveSpecification: specification }),
    );
  }
  const { Table: description } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  const stream = description?.LatestStreamArn;
  return stream === undefined ? undefined : [table.name, stream];
}

function existsAlready(error: unknown): false {
  if (error instanceof ResourceInUseException) return false;
  throw error;
}
