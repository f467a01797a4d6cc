import type { DynamoDBRecord } from "aws-lambda";
import { awsJsonClient } from "../../../lib/emulator/event-sources/aws-json.ts";
import { REGION } from "./own-function.ts";
import type { Invocation, StreamRig, StreamSetup } from "./target.ts";

export interface StreamRigOptions {
  /** Of the table and of the existing bucket. */
  readonly name: string;
  readonly setup: StreamSetup;
  readonly endpoints: { readonly dynamoDb: string; readonly s3: string };
  readonly invocations: readonly Invocation<DynamoDBRecord>[];
  /** Creates the mapping of the stream, or continues it. */
  readonly map: (streamArn: string, setup: StreamSetup) => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly invoke: (event: object) => Promise<void>;
  /** Ends mapping and function. */
  readonly close: () => Promise<void>;
}

/** A table with a stream and a bucket behind the APIs of DynamoDB and S3, on any server. */
export async function openStreamRig(options: StreamRigOptions): Promise<StreamRig> {
  const { name, setup, endpoints } = options;
  const { call, close } = awsJsonClient(endpoints.dynamoDb, "DynamoDB_20120810", REGION);
  const created = (await call("CreateTable", {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  })) as { readonly TableDescription: { readonly LatestStreamArn: string } };
  const streamArn = created.TableDescription.LatestStreamArn;

  const bucket = `${endpoints.s3}/${name}`;
  return {
    invocations: options.invocations,
    put: async (id, value = "") => {
      await call("PutItem", { TableName: name, Item: { id: { S: id }, value: { S: value } } });
    },
    start: (changes = {}) => options.map(streamArn, { ...setup, ...changes }),
    stop: options.stop,
    invoke: () => options.invoke({ Records: [] }),
    givenUp: async () => {
      const listing = await (await fetch(`${bucket}?list-type=2`)).text();
      const keys = [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key).sort();
      const read = async (key: string) => (await (await fetch(`${bucket}/${key}`)).json()) as object;
      return Promise.all(keys.map(async (key) => ({ key, ...(await read(key)) })));
    },
    close: async () => {
      await options.close();
      close();
    },
  };
}
