import type { Validate } from "../middleware/json-faults.ts";
import type { OrderEvent } from "./schemas.ts";

/** Its `errors` have the first fault only. */
export const isOrderEvent: Validate<OrderEvent>;
