import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbEffectOnce } from "../../adapters/dynamodb-effect-once.ts";
import type { ConsumerDeclaration } from "../../consumers/define-consumer.ts";
import type { EffectOnce } from "../../middleware/effect-once.ts";
import { clock, environment } from "./environment.ts";

/** The effects of a declared consumer with the access `effect-once`. */
export function effectOnceOf({ name }: Pick<ConsumerDeclaration, "name">): EffectOnce {
  const { effectsTable } = environment("effectsTable");
  return dynamoDbEffectOnce(dynamoDbClient(), effectsTable, name, clock);
}
