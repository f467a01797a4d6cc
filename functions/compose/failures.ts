import { randomUUID } from "node:crypto";
import { dynamoDbClient } from "../adapters/dynamodb-client.ts";
import { dynamoDbFailedMessages } from "../adapters/dynamodb-failed-messages.ts";
import { systemClock } from "../adapters/system-clock.ts";
import type { FailureLog } from "../ports/failure-log.ts";
import { type FailurePorts, failureLog } from "../use-cases/record-failure.ts";
import { environment, integer } from "./env.ts";

/** The failed-message store and what it needs beside it. */
export function failurePorts(client = dynamoDbClient()): FailurePorts {
  const { failedMessagesTable } = environment("failedMessagesTable");
  return {
    failedMessages: dynamoDbFailedMessages(client, failedMessagesTable),
    clock: systemClock,
    newId: () => randomUUID(),
    returnWithinSeconds: integer("returnWithinSeconds", 3_600),
  };
}

/** The failed-message store as consumers use it. */
export function failureLogOfEnvironment(): FailureLog {
  return failureLog(failurePorts());
}
