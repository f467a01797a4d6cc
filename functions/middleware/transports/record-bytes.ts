import { isUtf8 } from "node:buffer";
import type { Attributes, AttributeValue } from "../attributes.ts";
import { sha256 } from "../sha256.ts";

/** The replacement for bytes that are not UTF-8. */
/** Bytes of a body that the failed-message store takes: a row holds 400 KB, and an edited body beside the first one. */
export const STORED_BYTES = 262_144;

const REPLACEMENT = "\uFFFD";

/** The text of a base64 value; `undefined` where it is not base64 or not UTF-8. */
export function base64Text(base64: string): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  // Node skips characters that are not base64: then there are fewer bytes than the length implies.
  if (base64.length % 4 !== 0 || bytes.length !== byteLength(base64)) return undefined;
  const text = bytes.toString("utf8");
  // The text itself may hold a replacement character: only then the bytes are checked as well.
  return text.includes(REPLACEMENT) && !isUtf8(bytes) ? undefined : text;
}

function byteLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** The fault of headers that are not a list of objects whose values are lists of bytes, as Lambda sends them. */
export function headerFault(headers: unknown): string | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (!Array.isArray(headers)) return "The record's headers are not a list.";
  for (const header of headers as unknown[]) {
    if (typeof header !== "object" || header === null) return "A header of the record has no name.";
    for (const name in header) {
      if (!isBytes((header as Record<string, unknown>)[name])) {
        return "A header of the record is not a list of bytes.";
      }
    }
  }
  return undefined;
}

/** Java's bytes are signed: Lambda sends -128 to 127. A header without a value is null. */
export function isBytes(value: unknown): value is readonly number[] | null {
  if (value === null) return true;
  if (!Array.isArray(value)) return false;
  for (const byte of value as unknown[]) {
    if (typeof byte !== "number" || byte < -128 || byte > 255 || !Number.isInteger(byte)) return false;
  }
  return true;
}

/** The last header of a name as text, if there is one that is a list of bytes. */
export function headerOf(headers: unknown, name: string): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  for (let i = headers.length - 1; i >= 0; i--) {
    const header: unknown = headers[i];
    if (typeof header !== "object" || header === null || !Object.hasOwn(header, name)) continue;
    const value = (header as Record<string, unknown>)[name];
    return isBytes(value) && value !== null ? Buffer.from(value).toString("utf8") : undefined;
  }
  return undefined;
}

/** The text up to `bytes` bytes. A longer one ends in its hash, because two texts may begin alike. */
export function boundedText(text: string, bytes: number): string {
  if (text.length <= bytes && Buffer.byteLength(text) <= bytes) return text;
  return `${Buffer.from(text).subarray(0, bytes).toString("utf8")}… sha256 ${sha256(text)}`;
}

/** Largest name and value of a stored header, in bytes, and most headers. Redrive attributes are below both. */
const HEADER_BYTES = 2_048;
const HEADERS = 16;

const NAME_BYTES = 256;

/**
 * Headers as text, or as bytes where they are not UTF-8.
 * - Of a header too large for a row of the failed-message table, its length and hash, as a value of type `Omitted`.
 * - Of a repeated name, the last header.
 * - Headers that are not lists of bytes, or too many for a row, are left out.
 */
export function headersOf(headers: unknown): Attributes {
  if (!Array.isArray(headers)) return {};
  // The sender chooses names: `__proto__` must become a key like any other.
  return Object.fromEntries((headers.slice(-HEADERS) as unknown[]).flatMap(headerEntry));
}

/** Name and value of a header, if it has both. */
function headerEntry(header: unknown): (readonly [name: string, value: AttributeValue])[] {
  if (typeof header !== "object" || header === null) return [];
  const [first] = Object.entries(header);
  if (first === undefined) return [];
  const [name, value] = first;
  if (!isBytes(value) || value === null) return [];
  const bytes = Buffer.from(value);
  const isText = isUtf8(bytes);
  const kept = bytes.toString(isText ? "utf8" : "base64");
  const nameBytes = Buffer.byteLength(name);
  if (nameBytes + Buffer.byteLength(kept) <= HEADER_BYTES) {
    return [[name, isText ? kept : { type: "Binary", value: kept }]];
  }
  if (nameBytes > NAME_BYTES) return [];
  return [[name, { type: "Omitted", value: `${bytes.length} bytes, sha256 ${sha256(bytes)}` }]];
}
