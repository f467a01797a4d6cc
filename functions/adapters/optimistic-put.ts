import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** A row of the failed-message table. */
interface RevisedRow {
  readonly failedKey: string;
  readonly writeId: string;
}

/**
 * Writes the row if the stored one still has `expectedRevision` (`undefined`: if there is none). Returns false when
 * another writer was first.
 */
export async function optimisticPut(
  client: DynamoDBClient,
  table: string,
  row: RevisedRow,
  expectedRevision: number | undefined,
): Promise<boolean> {
  const condition =
    expectedRevision === undefined
      ? { ConditionExpression: "attribute_not_exists(failedKey)" }
      : {
          ConditionExpression: "revision = :expected",
          ExpressionAttributeValues: { ":expected": { N: String(expectedRevision) } },
        };
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: marshall(row, { removeUndefinedValues: true }),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        ...condition,
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // An attempt of this call may have been applied, and its reply lost.
    return error.Item?.["writeId"]?.S === row.writeId;
  }
}
