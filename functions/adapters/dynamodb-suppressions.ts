import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { addressHash, type Suppressing } from "../orders/domain/feedback.ts";
import type { Suppressions } from "../orders/ports/suppressions.ts";
import { readMany } from "./dynamodb-client.ts";

type Row = Readonly<Record<string, AttributeValue>>;

/** No event id begins so: the rows are in the table of notifications. */
const PREFIX = "suppressed#";

const isSuppressed = (row: Row): boolean => row["state"]?.S === "SUPPRESSED";

/** Suppressed addresses, each as a row of the table of notifications under the hash of the address. */
export function dynamoDbSuppressions(client: DynamoDBClient, table: string): Suppressions {
  const keyOf = (address: string) => ({ eventId: { S: `${PREFIX}${addressHash(address)}` } });

  /** False where the condition does not hold. */
  async function update(
    address: string,
    set: Readonly<Record<string, string>>,
    condition: string,
    values: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const changes = Object.keys(set).map((name) => `#${name} = :${name}`);
    const texts = Object.entries({ ...set, ...values }).map(([name, S]) => [`:${name}`, { S }]);
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(address),
          UpdateExpression: `SET ${changes.join(", ")}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(
            Object.keys({ state: "", ...set }).map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: Object.fromEntries(texts),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async among(addresses) {
      const keys = new Map(addresses.map((address) => [address, keyOf(address)]));
      // Two spellings of one address have one key, and DynamoDB refuses a key twice.
      const distinct = new Map([...keys.values()].map((key) => [key.eventId.S, key]));
      const rows = await readMany(client, table, [...distinct.values()], {
        what: "suppressions",
        isConsistent: false,
      });
      const suppressed = new Set(rows.filter(isSuppressed).map((row) => row["eventId"]?.S));
      return new Set(addresses.filter((address) => suppressed.has(keys.get(address)?.eventId.S)));
    },

    async get(address) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: keyOf(address), ConsistentRead: true }),
      );
      if (Item === undefined || !isSuppressed(Item)) return undefined;
      const { because, since, about } = Item;
      return {
        because: (because?.S ?? "bounced") as Suppressing,
        since: since?.S ?? "",
        ...(about?.S !== undefined && { eventId: about.S }),
      };
    },

    suppress(address, { because, since, eventId }) {
      const about = eventId === undefined ? {} : { about: eventId };
      return update(
        address,
        { state: "SUPPRESSED", because, since, ...about },
        "attribute_not_exists(eventId) OR (#state = :unsuppressed AND unsuppressedAt < :since)",
        { unsuppressed: "UNSUPPRESSED" },
      );
    },

    unsuppress(address, now) {
      const unsuppressedAt = new Date(now).toISOString();
      return update(address, { state: "UNSUPPRESSED", unsuppressedAt }, "#state = :suppressed", {
        suppressed: "SUPPRESSED",
      });
    },
  };
}
