import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DynamoDBRecord } from "aws-lambda";
import { awsJsonClient } from "../../lib/local/mappings/aws-json.ts";
import { startStreamMapping } from "../../lib/local/mappings/stream-mapping.ts";
import type { RunningMapping } from "../../lib/local/types.ts";
import { hostFor, REGION } from "./stage-function.ts";
import type { Invocation, StreamRig, StreamSetup } from "./target.ts";

interface StageStreamOptions {
  /** Of the table and of the bucket. */
  readonly name: string;
  readonly setup: StreamSetup;
  readonly endpoints: { readonly dynamoDb: string; readonly s3: string };
  readonly watched: { readonly url: string; readonly invocations: readonly Invocation<DynamoDBRecord>[] };
}

export async function stageStream(options: StageStreamOptions): Promise<StreamRig> {
  const { name, setup, endpoints, watched } = options;
  const { call, close } = awsJsonClient(endpoints.dynamoDb, "DynamoDB_20120810", REGION);
  const created = (await call("CreateTable", {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  })) as { readonly TableDescription: { readonly LatestStreamArn: string } };
  const streamArn = created.TableDescription.LatestStreamArn;
  const host = hostFor(name, watched.url, setup);
  const dataDir = mkdtempSync(join(tmpdir(), "conformance-"));
  const mappings: RunningMapping[] = [];
  const stop = async () => {
    await Promise.all(mappings.splice(0).map((mapping) => mapping.stop()));
  };

  return {
    invocations: watched.invocations,
    put: async (id, value = "") => {
      await call("PutItem", { TableName: name, Item: { id: { S: id }, value: { S: value } } });
    },
    start: async (changes = {}) => {
      const { functionTimeoutSeconds: _, functionConcurrency: __, ...mapping } = { ...setup, ...changes };
      mappings.push(
        startStreamMapping({
          spec: {
            kind: "stream",
            functionName: name,
            tableName: name,
            streamArn,
            destinationBucket: name,
            ...mapping,
          },
          host,
          region: REGION,
          endpoint: endpoints.dynamoDb,
          s3Endpoint: endpoints.s3,
          dataDir,
        }),
      );
    },
    stop,
    invoke: async () => {
      await host.invoke(name, { Records: [] });
    },
    givenUp: async () => {
      const listing = await (await fetch(`${endpoints.s3}/${name}?list-type=2`)).text();
      const keys = [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key).sort();
      return Promise.all(
        keys.map(async (key) => ({
          key,
          ...((await (await fetch(`${endpoints.s3}/${name}/${key}`)).json()) as object),
        })),
      );
    },
    close: async () => {
      await stop();
      await host.close();
      close();
      rmSync(dataDir, { recursive: true });
    },
  };
}
