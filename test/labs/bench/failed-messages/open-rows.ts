import { DatabaseSync } from "node:sqlite";
import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbFailedMessageStore } from "../../../../functions/adapters/dynamodb-failed-message-store.ts";
import { FAILED_LISTING } from "../../../../functions/contract/failures.ts";
import { partitionOf, placeOf } from "../../../../functions/failures/domain/failed-listing.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import { orderIdOf } from "../../../../functions/orders/domain/order.ts";
import { CREDENTIALS } from "../../../../lib/emulator/credentials.ts";
import type { Progress } from "../benchmark.ts";
import type { CountedServices } from "../counted-services.ts";
import { parkedRow } from "./parked-rows.ts";

/** A batch of writes holds no more. */
const ROWS_A_CALL = 25;
/** Rows written by calls of DynamoDB, to measure their rate and as models of the others. */
const BY_CALLS = 1_000;
const ROWS_A_TRANSACTION = 10_000;
const BUSY_MS = 60_000;

/** The order id of the open row with this number. */
export const orderIdAt = (i: number): string => orderIdOf("a customer", `open ${i}`);

interface Stored {
  readonly rows: number;
  /** Rows a second by calls of DynamoDB. */
  readonly callRate: number;
}

/**
 * Stores open rows, a millisecond apart: the first by calls, the others as dynoxide stores them into its file, because
 * calls would take an hour for a million. Ends at `most` rows or once the time is over.
 */
export async function storeOpenRows(
  { database, endpoints, model }: CountedServices,
  file: string,
  { most, untilMs }: { readonly most: number; readonly untilMs: number },
  progress: Progress,
): Promise<Stored> {
  const startedAt = performance.now();
  const { region } = endpoints;
  const client = new DynamoDBClient({ endpoint: database, region, credentials: CREDENTIALS });
  const table = tableOf(model).name;
  const itemAt = await itemsLike(parkedRow("template", Date.now()), Date.now() - 3_600_000);
  const first = Math.min(BY_CALLS, most);
  for (let stored = 0; stored < first; stored += ROWS_A_CALL) {
    const size = Math.min(ROWS_A_CALL, first - stored);
    const puts = Array.from({ length: size }, (_, i) => ({ PutRequest: { Item: itemAt(stored + i) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
  }
  client.destroy();
  const callRate = (first * 1_000) / (performance.now() - startedAt);
  let rows = first;
  const into = openFile(file, table);
  while (rows < most && performance.now() - startedAt < untilMs) {
    const end = Math.min(most, rows + ROWS_A_TRANSACTION);
    into.add(Array.from({ length: end - rows }, (_, i) => itemAt(rows + i)));
    rows = end;
    progress(`${rows} rows stored`);
  }
  into.close();
  return { rows, callRate };
}

/** Adds rows to the file of dynoxide, and to that of its index. */
function openFile(file: string, table: string) {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  const index = `${table}::gsi::${FAILED_LISTING.indexName}`;
  const model = database.prepare(`SELECT item_size, hash_prefix FROM "${table}" LIMIT 1`).get();
  const size = Number(model?.["item_size"]);
  const prefix = String(model?.["hash_prefix"] ?? "");
  const put = database.prepare(
    `INSERT INTO "${table}" (pk, item_json, item_size, hash_prefix) VALUES (?, ?, ?, ?)`,
  );
  const list = database.prepare(
    `INSERT INTO "${index}" (gsi_pk, gsi_sk, table_pk, item_json) VALUES (?, ?, ?, ?)`,
  );
  const inIndex = ["failedKey", "listing", "place", ...FAILED_LISTING.projected];
  const keyOf = (item: Item, name: string) => `S:${item[name]?.S ?? ""}`;
  return {
    add(items: readonly Item[]) {
      database.exec("BEGIN");
      for (const item of items) {
        const key = keyOf(item, "failedKey");
        const entry = Object.fromEntries(inIndex.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
        put.run(key, JSON.stringify(item), size, prefix);
        list.run(keyOf(item, "listing"), keyOf(item, "place"), key, JSON.stringify(entry));
      }
      database.exec("COMMIT");
    },
    close: () => database.close(),
  };
}

export function tableOf({ tables }: CountedServices["model"]) {
  const found = tables.find(({ name }) => name.endsWith("-failed-messages"));
  if (found === undefined) throw new Error("There is no table of failed messages.");
  return found;
}

type Item = Record<string, AttributeValue>;

/** Items as the adapter writes them, of other orders and times. Only what lists and decisions read is different. */
async function itemsLike(template: FailedMessage, first: number): Promise<(i: number) => Item> {
  let written: Item = {};
  const client = {
    async send({ input }: { input: { Item: Item } }) {
      written = input.Item;
    },
  };
  await dynamoDbFailedMessageStore(client as unknown as DynamoDBClient, "t").put(template, undefined);
  const text = JSON.stringify(written);
  const { consumer, status, failedKey, orderId = "" } = template;
  return (i) => {
    const item = JSON.parse(text.replaceAll(orderId, orderIdAt(i))) as Item;
    const row = {
      consumer,
      status,
      dueAt: new Date(first + i).toISOString(),
      failedKey: failedKey.replace(orderId, orderIdAt(i)),
    };
    return {
      ...item,
      dueAt: { S: row.dueAt },
      listing: { S: partitionOf(row) },
      place: { S: placeOf(row) },
    };
  };
}
