/**
 * Requests, responses and events as JSON Schema. Types are inferred from them; `npm run generate` writes the validators,
 * OpenAPI and AsyncAPI. Import this file for types only: TypeBox must not reach a bundle.
 */
import { type Static, Type } from "typebox";
import { LIMITS } from "./limits.ts";
import { SERVICE } from "./names.ts";
import { EVENT_TYPES, STATUSES } from "./order-status.ts";
import { PATTERNS } from "./patterns.ts";

export type Frozen<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
  : Value;

const closed = { additionalProperties: false } as const;

const Sku = Type.String({
  pattern: PATTERNS.sku.pattern,
  description: "Stock keeping unit",
  examples: ["tea"],
});
const CustomerId = Type.String({ pattern: PATTERNS.customerId.pattern, examples: ["ada"] });
const OrderId = Type.String({ pattern: PATTERNS.orderId.pattern, examples: ["01J9ZQ3V5W8X2Y4Z6A7B8C9D0E"] });
const Currency = Type.String({
  pattern: PATTERNS.currency.pattern,
  description: "ISO 4217 code",
  examples: ["EUR"],
});
/** The largest integer that every reader of JSON keeps. */
const SAFE = Number.MAX_SAFE_INTEGER;
const Quantity = Type.Integer({ minimum: 1, maximum: LIMITS.quantity, examples: [2] });
const UnitPrice = Type.Integer({
  minimum: 0,
  maximum: LIMITS.unitPrice,
  description: "Minor units",
  examples: [450],
});
export const EmailSchema = Type.String({ pattern: PATTERNS.email.pattern, examples: ["ada@example.com"] });
export const TimeSchema = Type.String({
  pattern: PATTERNS.time.pattern,
  examples: ["2026-01-31T12:00:00.000Z"],
});

export const LineSchema = Type.Object({ sku: Sku, quantity: Quantity, unitPrice: UnitPrice }, closed);
export type Line = Frozen<Static<typeof LineSchema>>;

const AmountSchema = Type.Object({ currency: Currency, minorUnits: Type.Integer({ minimum: 0 }) }, closed);

export const PlaceOrderSchema = Type.Object(
  {
    customerId: CustomerId,
    contact: Type.Object({ email: EmailSchema }, closed),
    currency: Currency,
    lines: Type.Array(LineSchema, { minItems: 1, maxItems: 1_000 }),
  },
  closed,
);
export type PlaceOrder = Frozen<Static<typeof PlaceOrderSchema>>;

export const CountStockSchema = Type.Object(
  { onHand: Type.Integer({ minimum: 0, maximum: LIMITS.onHand }) },
  closed,
);
export type CountStock = Frozen<Static<typeof CountStockSchema>>;

export const StatusSchema = Type.Enum([...STATUSES]);

export const RejectionSchema = Type.Object(
  { code: Type.Enum(["OUT_OF_STOCK", "UNKNOWN_SKU"]), sku: Sku },
  closed,
);
export type Rejection = Frozen<Static<typeof RejectionSchema>>;

export const OrderViewSchema = Type.Object(
  {
    orderId: OrderId,
    customerId: CustomerId,
    status: StatusSchema,
    reason: Type.Optional(RejectionSchema),
    lines: Type.Array(LineSchema),
    amount: AmountSchema,
    version: Type.Integer({ minimum: 1, description: "Counts status transitions" }),
    stockHeld: Type.Optional(
      Type.Boolean({ description: "Whether stock is held for the order; absent where none ever was" }),
    ),
    createdAt: TimeSchema,
    updatedAt: TimeSchema,
  },
  closed,
);
export type OrderView = Frozen<Static<typeof OrderViewSchema>>;

export const StockViewSchema = Type.Object(
  { sku: Sku, onHand: Type.Integer(), held: Type.Integer(), available: Type.Integer() },
  closed,
);
export type StockView = Frozen<Static<typeof StockViewSchema>>;

export const ProblemSchema = Type.Object({
  type: Type.String({ description: "urn:order-events:problem:<code>" }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: "Stable; see the table of codes" }),
  detail: Type.Optional(Type.String()),
  pointer: Type.Optional(Type.String({ description: "JSON Pointer to the field at fault" })),
  errors: Type.Optional(
    Type.Array(Type.Object({ detail: Type.String(), pointer: Type.Optional(Type.String()) }), {
      maxItems: 20,
      description: "Every field at fault, the first 20. A fault of the query has no pointer",
    }),
  ),
  requestId: Type.String(),
});

/** CloudEvents 1.0. Unknown fields are accepted and kept. An event holds no personal data. */
export const OrderEventSchema = Type.Object({
  specversion: Type.Literal("1.0"),
  id: Type.String({
    description: "<subject>:<data.orderVersion>:<type>, the same on every message",
    examples: ["01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:1:order.created"],
  }),
  type: Type.Enum([...EVENT_TYPES]),
  source: Type.String({ examples: [SERVICE] }),
  subject: OrderId,
  time: TimeSchema,
  dataschema: Type.String({
    pattern: PATTERNS.dataschema.pattern,
    description: "The version of the schema: its major version never changes, a minor one adds fields",
    examples: ["urn:order-events:order:1"],
  }),
  traceparent: Type.Optional(Type.String({ description: "W3C trace context of the API request" })),
  data: Type.Object({
    customerId: CustomerId,
    orderVersion: Type.Integer({ minimum: 1, maximum: SAFE }),
    lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity, unitPrice: UnitPrice }), {
      minItems: 1,
      maxItems: LIMITS.distinctSkus,
    }),
    amount: Type.Object({
      currency: Currency,
      minorUnits: Type.Integer({ minimum: 0, maximum: SAFE, examples: [900] }),
    }),
    reason: Type.Optional(RejectionSchema),
  }),
});
export type OrderEvent = Frozen<Static<typeof OrderEventSchema>>;
