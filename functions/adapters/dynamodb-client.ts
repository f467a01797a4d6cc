import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

export function dynamoDbClient(timeouts = CLIENT_TIMEOUTS): DynamoDBClient {
  return new DynamoDBClient(clientConfig(timeouts));
}
