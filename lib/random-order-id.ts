import { randomBytes } from "node:crypto";

/** An id in the form of an order's, of no order: hexadecimal digits are digits of base32 as well. */
export const randomOrderId = (): string => randomBytes(13).toString("hex").toUpperCase();
