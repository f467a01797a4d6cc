import type { Validate } from "../middleware/schema-errors.ts";
import type { CountStock, PlaceOrder } from "./schemas.ts";

export const isPlaceOrder: Validate<PlaceOrder>;
export const isCountStock: Validate<CountStock>;
