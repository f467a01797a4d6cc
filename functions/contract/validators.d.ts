import type { OrderEvent } from "./schemas.ts";

/** One fault of a value, as ajv reports it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Narrows the value; after `false`, `errors` holds its faults until the next call. An event has the first one only. */
export interface Validate<T> {
  (value: unknown): value is T;
  readonly errors?: readonly SchemaError[] | null;
}

export const isOrderEvent: Validate<OrderEvent>;
