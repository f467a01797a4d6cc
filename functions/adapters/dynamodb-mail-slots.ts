import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { MailSlots } from "../orders/ports/mailer.ts";

/** No event id is this: the row is in the table of notifications. */
const ROW = "pace#mails";
/** A later time was booked by a clock that was wrong: no invocation books so far ahead. */
const LATEST_MS = 120_000;

export function dynamoDbMailSlots(client: DynamoDBClient, table: string): MailSlots {
  return {
    async book(at, intervalMs) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { eventId: { S: ROW } },
            UpdateExpression: "SET freeFrom = :next",
            ConditionExpression: "attribute_not_exists(freeFrom) OR freeFrom <= :at OR freeFrom > :latest",
            ExpressionAttributeValues: {
              ":at": { N: String(at) },
              ":next": { N: String(at + intervalMs) },
              ":latest": { N: String(at + LATEST_MS) },
            },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return undefined;
      } catch (error) {
        const free =
          error instanceof ConditionalCheckFailedException ? error.Item?.["freeFrom"]?.N : undefined;
        if (free === undefined) throw error;
        return Number(free);
      }
    },
  };
}
