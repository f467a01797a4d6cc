import { randomBytes } from "node:crypto";

/** Digits of an order id: base32 by Crockford. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An id in the form of an order's, of no order. */
export const randomOrderId = (): string =>
  Array.from(randomBytes(26), (byte) => DIGITS[byte % DIGITS.length]).join("");
