import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Notifications } from "../orders/ports/notifications.ts";

type Row = Readonly<Record<string, AttributeValue>>;

/** Rows never expire: a message that returns years later must still find that its mail was sent. */
export function dynamoDbNotifications(
  client: DynamoDBClient,
  table: string,
  newId: () => string,
): Notifications {
  const keyOf = (eventId: string) => ({ TableName: table, Key: { eventId: { S: eventId } } });
  /** The latest claim of this instance, by event: only that may be released, however late a retry of the SDK arrives. */
  const claims = new Map<string, { readonly claimId: string; readonly claimedAt: number }>();
  const named = { ExpressionAttributeNames: { "#state": "state" } };

  /** Writes the first row of a mail. Returns the existing row, if there is one. */
  async function begin(eventId: string, row: Readonly<Record<string, string>>): Promise<Row | undefined> {
    const attributes = Object.entries({ eventId, ...row }).map(([name, S]) => [name, { S }]);
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: Object.fromEntries(attributes),
          ConditionExpression: "attribute_not_exists(eventId)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item ?? {};
    }
  }

  return {
    async claim(eventId, now) {
      const claimId = newId();
      const claimedAt = new Date(now).toISOString();
      const before = await begin(eventId, { state: "SENDING", claimId, claimedAt });
      const state = before === undefined ? undefined : stateOf(before);
      // An attempt of this call whose reply was lost may have written it.
      const isOwn = state === "sending" && before?.["claimId"]?.S === claimId;
      if (state !== undefined && !isOwn) return state;
      claims.set(eventId, { claimId, claimedAt: now });
      return "claimed";
    },

    async skip(eventId, now, because = "superseded") {
      const skippedAt = new Date(now).toISOString();
      const before = await begin(eventId, { state: "SKIPPED", skippedAt, because });
      return before === undefined ? "skipped" : stateOf(before);
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

    async recordFeedback(eventId, feedback, at) {
      claims.delete(eventId);
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          ...keyOf(eventId),
          ...named,
          UpdateExpression:
            "SET #state = :sent, sentAt = if_not_exists(sentAt, :at), feedback = :feedback, feedbackAt = :at",
          ExpressionAttributeValues: {
            ":sent": { S: "SENT" },
            ":feedback": { S: feedback },
            ":at": { S: new Date(at).toISOString() },
          },
          ReturnValues: "UPDATED_OLD",
        }),
      );
      return Attributes?.["feedback"]?.S !== feedback;
    },

    async release(eventId, claimedAt) {
      const own = claims.get(eventId);
      // An attempt that was frozen: its claim was revoked, and this instance has made another since.
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

    async revokeClaim(eventId, claimedBefore) {
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
        return "revoked";
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const state = stateOf(error.Item ?? {});
        if (state === "skipped") return "revoked";
        return state === "sent" ? "sent" : "claimed recently";
      }
    },

    async state(eventId) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(eventId), ConsistentRead: true }));
      const state = Item === undefined ? "skipped" : stateOf(Item);
      return state === "skipped" ? "none" : state;
    },
  };
}

function stateOf(row: Row): "sending" | "sent" | "skipped" {
  switch (row["state"]?.S) {
    case "SENT":
      return "sent";
    case "SKIPPED":
      return "skipped";
    default:
      return "sending";
  }
}
