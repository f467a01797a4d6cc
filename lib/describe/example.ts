import type { EventType } from "../../functions/contract/order-status.ts";
import { EVENT_TYPES, eventIdOf } from "../../functions/contract/order-status.ts";
import { type OrderEvent, OrderEventSchema, RejectionSchema } from "../../functions/contract/schemas.ts";

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
}

/** A value of a schema: its first example, or the simplest one, without optional fields. */
export function exampleOf({
  type,
  examples,
  properties = {},
  required = [],
  ...schema
}: JsonSchema): unknown {
  if (examples !== undefined) return examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (type) {
    case "object":
      return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]));
    case "array":
      return schema.items === undefined ? [] : [exampleOf(schema.items)];
    case "integer":
      return schema.minimum ?? 0;
    default:
      throw new Error(`A schema of the type ${type} needs an example.`);
  }
}

/** A valid event of a type: the first of its order, or a later one. */
export function exampleEvent(type: EventType): OrderEvent {
  const event = exampleOf(OrderEventSchema as JsonSchema) as OrderEvent;
  const orderVersion = type === EVENT_TYPES[0] ? 1 : 2;
  const reason = type === "order.rejected" ? { reason: exampleOf(RejectionSchema as JsonSchema) } : {};
  return {
    ...event,
    type,
    id: eventIdOf(event.subject, orderVersion, type),
    data: { ...event.data, ...reason, orderVersion } as OrderEvent["data"],
  };
}
