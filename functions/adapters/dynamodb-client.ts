import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PATIENCE, patient } from "./patience.ts";

export function dynamoDbClient(patience = PATIENCE): DynamoDBClient {
  return new DynamoDBClient(patient(patience));
}
