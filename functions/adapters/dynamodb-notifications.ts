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
  /** The latest claim of this instance, by event: only that may be taken back, however late a retry of the SDK comes. */
  const claims = new Map<string, { readonly claimId: string; readonly claimedAt: number }>();
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
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item?.["state"]?.S === "SENT") return "sent";
        if (error.Item?.["claimId"]?.S !== claimId) return "sending";
      }
      claims.set(eventId, { claimId, claimedAt: now });
      return "claimed";
    },

    async markSent(eventId, now) {
      claims.delete(eventId);
      await client.send(
        new UpdateItemCommand({
          ...keyOf(eventId),
          ...named,
          UpdateExpression: "SET #state = :sent, sentAt = :at",
          ExpressionAttributeValues: { ":sent": { S: "SENT" }, ":at": { S: new Date(now).toISOString() } },
        }),
      );
    },

    async release(eventId, claimedAt) {
      const own = claims.get(eventId);
      // An attempt that was frozen: its claim was taken away, and this instance has made another since.
      if (own?.claimedAt !== claimedAt) return;
      try {
        await client.send(
          new DeleteItemCommand({
            ...keyOf(eventId),
            ...named,
            ConditionExpression: "#state = :sending AND claimId = :own",
            ExpressionAttributeValues: { ":sending": { S: "SENDING" }, ":own": { S: own.claimId } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      if (claims.get(eventId) === own) claims.delete(eventId);
    },

    async disown(eventId, claimedBefore) {
      try {
        await client.send(
          new DeleteItemCommand({
            ...keyOf(eventId),
            ...named,
            ConditionExpression:
              "attribute_not_exists(eventId) OR (#state = :sending AND claimedAt <= :before)",
            ExpressionAttributeValues: {
              ":sending": { S: "SENDING" },
              ":before": { S: new Date(claimedBefore).toISOString() },
            },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return "disowned";
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item?.["state"]?.S === "SENT" ? "sent" : "claimed lately";
      }
    },

    async state(eventId) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(eventId), ConsistentRead: true }));
      if (Item === undefined) return "none";
      return Item["state"]?.S === "SENT" ? "sent" : "sending";
    },
  };
}
