import { dynamoDbClient } from "../../adapters/dynamodb-client.ts";
import { dynamoDbEffectOnce } from "../../adapters/dynamodb-effect-once.ts";
import type { Access, ConsumerDeclaration } from "../../consumers/define-consumer.ts";
import type { EffectOnce } from "../../middleware/effect-once.ts";
import { clock, environment } from "./environment.ts";

/** The effects of a declared consumer. A declaration without the access `effect-once` does not compile. */
export function effectOnceOf<Held extends Access>({
  name,
}: Pick<ConsumerDeclaration<string, string, Held>, "name" | "access"> &
  ("effect-once" extends Held ? unknown : { readonly access: readonly ["effect-once"] })): EffectOnce {
  const { effectsTable } = environment("effectsTable");
  return dynamoDbEffectOnce(dynamoDbClient(), effectsTable, name, clock);
}
