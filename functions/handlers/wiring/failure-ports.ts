import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbFailedMessageStore } from "../../adapters/dynamodb-failed-message-store.ts";
import { type FailurePorts, failureLog } from "../../failures/record-failure.ts";
import type { FailureLog } from "../../middleware/failure-log.ts";
import { clock, environment, integerVariable, newId } from "./environment.ts";

export function failurePorts(client = dynamoDbClient()): FailurePorts {
  const { failedMessagesTable } = environment("failedMessagesTable");
  return {
    failedMessages: dynamoDbFailedMessageStore(client, failedMessagesTable),
    clock,
    newId,
    returnWithinSeconds: integerVariable("returnWithinSeconds", 3_600),
  };
}

export function failureLogOfEnvironment(): FailureLog {
  return failureLog(failurePorts());
}
