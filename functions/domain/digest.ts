import { createHash } from "node:crypto";

/** SHA-256 of a text, as hex. Pure, so the domain may use it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
