import { Problem, park } from "order-events/middleware";
import "./payments.ts";

/** Codes that the service registers, and those of the engine, are accepted. */
export const accepted = [
  park("CARD_UNKNOWN"),
  park("EXPIRED"),
  new Problem("PAYMENT_NOT_FOUND"),
  new Problem("INTERNAL"),
];
// @ts-expect-error: the service registers no such reason
export const reason = park("CARD_STOLEN");
// @ts-expect-error: the service registers no such problem
export const problem = new Problem("CARD_STOLEN");
