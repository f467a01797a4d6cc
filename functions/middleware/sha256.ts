import { hash } from "node:crypto";

/** SHA-256 of a text or of bytes, as hex. Pure, so the domain may use it. */
export function sha256(content: string | Uint8Array): string {
  return hash("sha256", content);
}
