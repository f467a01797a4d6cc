import type { DynamoDBClient, PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { dynamoDbFailedMessageStore } from "../../../../functions/adapters/dynamodb-failed-message-store.ts";
import { FAILED_LISTING } from "../../../../functions/contract/failures.ts";
import type { TableSpec } from "../../../../lib/emulator/assembly/model.ts";
import { callQuotas } from "../../../../lib/emulator/aws-limits/call-quotas.ts";
import { quotasOf } from "../../../../lib/settings/region-quotas.ts";
import { parkedRow } from "./parked-rows.ts";

const REGION = "eu-central-1";
const MOST = 50_000;
const AT = Date.UTC(2026, 0, 1);

/** Parks that one second takes until the first is throttled, by the partition limits that `--quotas` applies. */
export async function parksPerSecond(table: TableSpec, consumer: string): Promise<number> {
  const check = callQuotas(quotasOf(REGION), [table], { now: () => AT });
  let refused = false;
  // The adapter writes as it does in a function; the call ends at the quotas.
  const client = {
    async send({ input }: { input: PutItemCommandInput }) {
      const call = {
        service: "dynamodb",
        operation: "PutItem",
        accessKeyId: undefined,
        onEnd: () => {},
      } as const;
      refused = (await check({ ...call, input: { ...input } })) !== undefined;
      return {};
    },
  } as unknown as DynamoDBClient;
  const store = dynamoDbFailedMessageStore(client, table.name);
  for (let parked = 0; parked < MOST; parked++) {
    await store.put(parkedRow(`burst-${parked}`, AT, consumer), undefined);
    if (refused) return parked;
  }
  throw new Error(`No quota refused one of ${MOST} parks.`);
}

/** The same table with the index that it had before: one partition for each status, and whole rows. */
export function withOnePartition(table: TableSpec): TableSpec {
  const [index] = table.createInput["GlobalSecondaryIndexes"] as readonly object[];
  return {
    ...table,
    createInput: {
      ...table.createInput,
      GlobalSecondaryIndexes: [
        {
          ...index,
          KeySchema: [
            { AttributeName: "status", KeyType: "HASH" },
            { AttributeName: "dueAt", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    },
  };
}

/** The same table with whole rows in its shards, to show what the projection contributes. */
export function withWholeRows(table: TableSpec): TableSpec {
  const [index] = table.createInput["GlobalSecondaryIndexes"] as readonly object[];
  const whole = { ...index, IndexName: FAILED_LISTING.indexName, Projection: { ProjectionType: "ALL" } };
  return { ...table, createInput: { ...table.createInput, GlobalSecondaryIndexes: [whole] } };
}
