import type { CountStock, OrderEvent, PlaceOrder } from "./schemas.ts";

/** The first thing that was wrong, as ajv reports it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Narrows the value; after `false`, `errors` holds what was wrong until the next call. */
export interface Validate<T> {
  (value: unknown): value is T;
  readonly errors?: readonly SchemaError[] | null;
}

export const isOrderEvent: Validate<OrderEvent>;
export const isPlaceOrder: Validate<PlaceOrder>;
export const isCountStock: Validate<CountStock>;
