import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Notifications } from "../ports/notifications.ts";

/** Rows never expire: a copy that comes back years later must still find that its mail went out. */
export function dynamoDbNotifications(
  client: DynamoDBClient,
  table: string,
  newId: () => string,
): Notifications {
  const keyOf = (eventId: string) => ({ TableName: table, Key: { eventId: { S: eventId } } });
  const named = { ExpressionAttributeNames: { "#state": "state" } };

  return {
    async claim(eventId, now) {
      const claimId = newId();
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              eventId: { S: eventId },
              state: { S: "SENDING" },
              claimId: { S: claimId },
              claimedAt: { S: new Date(now).toISOString() },
            },
            ConditionExpression: "attribute_not_exists(eventId)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return "claimed";
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item?.["state"]?.S === "SENT") return "sent";
        return error.Item?.["claimId"]?.S === claimId ? "claimed" : "sending";
      }
    },

    async markSent(eventId, now) {
      await client.send(
        new UpdateItemCommand({
          ...keyOf(eventId),
          ...named,
          UpdateExpression: "SET #state = :sent, sentAt = :at",
          ExpressionAttributeValues: { ":sent": { S: "SENT" }, ":at": { S: new Date(now).toISOString() } },
        }),
      );
    },

    async release(eventId) {
      try {
        await client.send(
          new DeleteItemCommand({
            ...keyOf(eventId),
            ...named,
            ConditionExpression: "#state = :sending",
            ExpressionAttributeValues: { ":sending": { S: "SENDING" } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async state(eventId) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(eventId), ConsistentRead: true }));
      if (Item === undefined) return "none";
      return Item["state"]?.S === "SENT" ? "sent" : "sending";
    },
  };
}
