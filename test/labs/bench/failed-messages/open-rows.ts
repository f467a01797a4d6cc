import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbFailedMessageStore } from "../../../../functions/adapters/dynamodb-failed-message-store.ts";
import { partitionOf, placeOf } from "../../../../functions/failures/domain/failed-listing.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import { orderIdOf } from "../../../../functions/orders/domain/order.ts";
import { CREDENTIALS } from "../../../../lib/emulator/credentials.ts";
import type { Progress } from "../benchmark.ts";
import type { CountedServices } from "../counted-services.ts";
import { parkedRow } from "./parked-rows.ts";

const ROWS_A_CALL = 25;
const CALLS_AT_ONCE = 4;
const PROGRESS_EVERY = 50_000;

/** The order id of the open row with this number. */
export const orderIdAt = (i: number): string => orderIdOf("a customer", `open ${i}`);

/**
 * Stores open rows, a millisecond apart, until there are `most` or the time is over. Returns how many there are. They are
 * written past the recorder, and as fast as the table takes them.
 */
export async function storeOpenRows(
  { database, endpoints, model }: CountedServices,
  { most, untilMs }: { readonly most: number; readonly untilMs: number },
  progress: Progress,
): Promise<number> {
  const client = new DynamoDBClient({
    endpoint: database,
    region: endpoints.region,
    credentials: CREDENTIALS,
  });
  const table = tableOf(model).name;
  const itemAt = await itemsLike(parkedRow("template", Date.now()), Date.now() - 3_600_000);
  const deadline = performance.now() + untilMs;
  let stored = 0;
  while (stored < most && performance.now() < deadline) {
    const calls: Promise<unknown>[] = [];
    for (let call = 0; call < CALLS_AT_ONCE && stored < most; call++) {
      const size = Math.min(ROWS_A_CALL, most - stored);
      const rows = Array.from({ length: size }, (_, i) => ({ PutRequest: { Item: itemAt(stored + i) } }));
      calls.push(client.send(new BatchWriteItemCommand({ RequestItems: { [table]: rows } })));
      stored += size;
    }
    await Promise.all(calls);
    if (stored % PROGRESS_EVERY === 0) progress(`${stored} rows stored`);
  }
  client.destroy();
  return stored;
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
