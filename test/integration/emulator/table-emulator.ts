import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type AwsJsonCall, awsJsonClient } from "../../../lib/emulator/event-sources/aws-json.ts";
import { findDynamoDb } from "../../../lib/emulator/services/find-dynamodb.ts";
import { freePort } from "../../../lib/emulator/services/free-port.ts";

const REGION = "eu-central-1";

/** A DynamoDB process with one table `orders` and its stream. */
export interface TableEmulator {
  readonly endpoint: string;
  readonly streamArn: string;
  readonly call: AwsJsonCall;
  put(id: string, value?: string): Promise<void>;
  /** Ends the process as `kill -9` does. */
  kill(): Promise<void>;
}

/** In memory, or with its database in a file for later processes. */
export const openTableEmulator = async (databaseFile?: string): Promise<TableEmulator> => {
  const source = findDynamoDb({ PATH: process.env["PATH"] });
  if (source.kind !== "binary") throw new Error("The test starts its own DynamoDB");
  const port = await freePort();
  const database = databaseFile === undefined ? [] : ["--db-path", databaseFile];
  const child = spawn(source.path, ["serve", "--host", "127.0.0.1", "--port", String(port), ...database], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  await once(createInterface(child.stderr), "line");
  const endpoint = `http://127.0.0.1:${port}`;
  const { call, close } = awsJsonClient(endpoint, "DynamoDB_20120810", REGION);
  const streamArn = await streamOf(call);
  return {
    endpoint,
    streamArn,
    call,
    put: async (id, value = "") => {
      await call("PutItem", { TableName: "orders", Item: { id: { S: id }, value: { S: value } } });
    },
    kill: async () => {
      close();
      child.kill("SIGKILL");
      await ended;
    },
  };
};

const streamOf = async (call: AwsJsonCall): Promise<string> => {
  const describe = async () =>
    (await call("DescribeTable", { TableName: "orders" })) as {
      readonly Table: { readonly LatestStreamArn: string };
    };
  const existing = await describe().catch(() => undefined);
  if (existing !== undefined) return existing.Table.LatestStreamArn;
  await call("CreateTable", {
    TableName: "orders",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
  return (await describe()).Table.LatestStreamArn;
};
