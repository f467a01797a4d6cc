import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Bounded so that a hanging connection cannot eat a function's whole time-out. */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  });
}
