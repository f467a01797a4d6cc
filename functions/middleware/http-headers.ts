import { LIMITS } from "../contract/limits.ts";
import type { HttpRequest } from "./http.ts";
import { Problem } from "./problem.ts";
import { isTraceparent } from "./traceparent.ts";

/** The Idempotency-Key: 1 to 128 printable ASCII characters, once. Throws a Problem. */
export function idempotencyKeyOf(request: HttpRequest): string {
  const values = request.header("idempotency-key");
  const [key = ""] = values;
  if (key === "") {
    throw new Problem("IDEMPOTENCY_KEY_MISSING", {
      detail: "Send a header Idempotency-Key with a value of its own for each order, such as a UUID.",
    });
  }
  if (values.length > 1 || key.length > LIMITS.idempotencyKeyLength || !/^[\x20-\x7e]+$/.test(key)) {
    throw new Problem("IDEMPOTENCY_KEY_INVALID", {
      detail: `The key has to stand once and be 1 to ${LIMITS.idempotencyKeyLength} printable ASCII characters.`,
    });
  }
  return key;
}

/** The W3C trace context of a request; anything else is left out. */
export function traceparentOf(request: HttpRequest): string | undefined {
  const [value] = request.header("traceparent");
  return isTraceparent(value) ? value : undefined;
}
