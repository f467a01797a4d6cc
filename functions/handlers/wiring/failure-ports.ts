import { randomUUID } from "node:crypto";
import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbFailedMessageStore } from "../../adapters/dynamodb-failed-message-store.ts";
import { type FailurePorts, failureLog } from "../../failures/record-failure.ts";
import { systemClock } from "../../middleware/clock.ts";
import type { FailureLog } from "../../middleware/failure-log.ts";
import { environment, integerVariable } from "./environment.ts";

export function failurePorts(client = dynamoDbClient()): FailurePorts {
  const { failedMessagesTable } = environment("failedMessagesTable");
  return {
    failedMessages: dynamoDbFailedMessageStore(client, failedMessagesTable),
    clock: systemClock,
    newId: () => randomUUID(),
    returnWithinSeconds: integerVariable("returnWithinSeconds", 3_600),
  };
}

export function failureLogOfEnvironment(): FailureLog {
  return failureLog(failurePorts());
}
