import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PATIENCE, patient } from "./client-timeouts.ts";

export function dynamoDbClient(patience = PATIENCE): DynamoDBClient {
  return new DynamoDBClient(patient(patience));
}
