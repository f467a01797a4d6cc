/**
 * Rows as an emulator of the present data format wrote them. Where such a row cannot be read any more, raise
 * `DATA_FORMAT` and write the rows of the new format here.
 */
import { type AttributeValue, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dynamoDbFailedMessageStore } from "../../functions/adapters/dynamodb-failed-message-store.ts";
import { orderFromRow } from "../../functions/adapters/order-row.ts";
import { DATA_FORMAT } from "../../lib/emulator/data-format.ts";
import { order } from "../fixtures/events.ts";
import { type Database, database } from "./services.ts";

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });
const L = (...items: AttributeValue[]) => ({ L: items });
const M = (fields: Record<string, AttributeValue>) => ({ M: fields });

test("the rows below are of the present format", () => {
  expect(DATA_FORMAT).toBe(3);
});

test("K19: a failed message is read", async () => {
  const table = await db.table("failedMessages");
  const item = {
    ...{ failedKey: S("order-created~1"), status: S("OPEN"), revision: N(1), writeId: S("w"), dueAt: S("t") },
    ...{
      consumer: S("order-created"),
      source: S("arn"),
      body: S("{"),
      bodyHash: S("h"),
      reason: S("EXPIRED"),
    },
    ...{ fingerprint: S("0123456789ab"), firstAt: S("t"), lastAt: S("t"), failures: N(1), generation: N(1) },
    attributes: L(L(S("type"), S("order.created")), L(S("n"), M({ type: S("Number"), value: S("1.0") }))),
    listing: S("OPEN#0"),
    place: S("t~order-created~1"),
    parkedBy: L(S("kafka:order-events-0@1 0123456789abcdef")),
    history: L(M({ at: S("t"), by: S("b"), act: S("park"), why: S("EXPIRED"), writeId: S("w") })),
  };
  await db.client.send(new PutItemCommand({ TableName: table, Item: item }));

  expect(await dynamoDbFailedMessageStore(db.client, table).get("order-created~1")).toEqual({
    ...{ failedKey: "order-created~1", status: "OPEN", revision: 1, writeId: "w", dueAt: "t" },
    ...{ consumer: "order-created", source: "arn", body: "{", bodyHash: "h", reason: "EXPIRED" },
    ...{ fingerprint: "0123456789ab", firstAt: "t", lastAt: "t", failures: 1, generation: 1 },
    attributes: { type: "order.created", n: { type: "Number", value: "1.0" } },
    parkedBy: ["kafka:order-events-0@1 0123456789abcdef"],
    history: [{ at: "t", by: "b", act: "park", why: "EXPIRED", writeId: "w" }],
  });
});

test("K19: an order is read", () => {
  const { lines, minorUnits, version, contact, ...texts } = order("1");
  const item = {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, S(String(text))])),
    contact: M({ email: S(contact.email) }),
    minorUnits: N(minorUnits),
    version: N(version),
    lines: L(
      ...lines.map((each) =>
        M({ sku: S(each.sku), quantity: N(each.quantity), unitPrice: N(each.unitPrice) }),
      ),
    ),
  };

  expect(orderFromRow(item)).toEqual(order("1"));
});
