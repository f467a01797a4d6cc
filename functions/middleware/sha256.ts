import { hash } from "node:crypto";

/** SHA-256 of a text, as hex. Pure, so the domain may use it. */
export function sha256(text: string): string {
  return hash("sha256", text);
}
