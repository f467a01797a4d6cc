import type { CountStock, PlaceOrder } from "./schemas.ts";
import type { Validate } from "./validators.js";

export const isPlaceOrder: Validate<PlaceOrder>;
export const isCountStock: Validate<CountStock>;
