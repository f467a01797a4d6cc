import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbPauseStore } from "../../adapters/dynamodb-pause-store.ts";
import { lambdaMappings } from "../../adapters/lambda-mappings.ts";
import type { Pausable } from "../../contract/pausable.ts";
import type { PausePorts } from "../../pausing/apply-pauses.ts";
import { auditAs, clock, environment, newId } from "./environment.ts";

/** The ports of the operators' routes, and of maintenance, which applies pauses again. */
export function pausePorts(client = dynamoDbClient()): PausePorts {
  const { failedMessagesTable, pausableConsumers } = environment("failedMessagesTable", "pausableConsumers");
  return {
    pauses: dynamoDbPauseStore(client, failedMessagesTable),
    mappings: lambdaMappings(),
    pausable: JSON.parse(pausableConsumers) as Pausable[],
    clock,
    newId,
    audit: auditAs("operator"),
  };
}
