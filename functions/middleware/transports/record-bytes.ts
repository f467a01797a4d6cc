import { isUtf8 } from "node:buffer";
import {
  type Attributes,
  attributeOf,
  type HeaderValue,
  OMITTED,
  OMITTED_HEADERS,
  type TypedValue,
} from "../attributes.ts";
import { RETRY_ATTRIBUTES } from "../engine-names.ts";
import { sha256 } from "../sha256.ts";

/** The replacement for bytes that are not UTF-8. */
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

/** Java's bytes are signed: Lambda sends -128 to 127. A header without a value is null. */
export function isBytes(value: unknown): value is readonly number[] | null {
  if (value === null) return true;
  if (!Array.isArray(value)) return false;
  for (const byte of value as unknown[]) {
    if (typeof byte !== "number" || byte < -128 || byte > 255 || !Number.isInteger(byte)) return false;
  }
  return true;
}

/** The text up to `bytes` bytes. A longer one ends in its hash, because two texts may begin alike. */
export function boundedText(text: string, bytes: number): string {
  if (text.length <= bytes && Buffer.byteLength(text) <= bytes) return text;
  return `${Buffer.from(text).subarray(0, bytes).toString("utf8")}… sha256 ${sha256(text)}`;
}

const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(RETRY_ATTRIBUTES));

/** Bytes of one header, name and value together and as they are kept; of all headers of a record; of the omitted names. */
const HEADER_BYTES = 2_048;
const HEADERS_BYTES = 32_768;
const OMITTED_NAMES_BYTES = 2_048;
/** What a header takes in a row beside its name and value, rounded up. */
const OVERHEAD_BYTES = 32;
const NAME_LENGTH = 64;

/** A header of a record: null without a value, undefined where its value is not a list of bytes. */
export type RecordHeader = readonly [name: string, value: Uint8Array | null | undefined];

/**
 * Headers as text, or as bytes where they are not UTF-8.
 * - Of a header too large for a row of the failed-message table, its length and hash, as a value of type `Omitted`.
 * - Of a repeated name, all headers in their order.
 * - Of too many headers, the last ones and the redrive attributes; the names of the others are in one attribute.
 */
export function headersOf(headers: readonly RecordHeader[]): Attributes {
  const kept = new Map<string, HeaderValue[]>();
  const omitted: string[] = [];
  let room = HEADERS_BYTES;
  for (const [name, value] of oursFirst(headers)) {
    const entry = boundedHeader(name, value);
    const bytes = entry === undefined ? 0 : sizeOf(name, entry.value) + OVERHEAD_BYTES;
    if (entry === undefined || bytes > room) {
      omitted.push(name);
      continue;
    }
    room -= bytes;
    // From the last to the first.
    kept.set(name, [entry.value, ...(kept.get(name) ?? [])]);
  }
  const attributes = [...kept].reverse().map(([name, values]) => [name, attributeOf(values)] as const);
  // Names come from outside: `__proto__` must become a key like any other.
  return Object.fromEntries(
    omitted.length === 0 ? attributes : [...attributes, [OMITTED_HEADERS, namesOf(omitted.reverse())]],
  );
}

/** From the last to the first; the redrive attributes before all others. */
function oursFirst(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  const isOurs = ([name]: RecordHeader) => OWN_NAMES.has(name);
  return [...headers.filter((header) => !isOurs(header)), ...headers.filter(isOurs)].reverse();
}

/** A header as it is kept, or `undefined` where not even its hash is. */
function boundedHeader(
  name: string,
  value: Uint8Array | null | undefined,
): { readonly value: HeaderValue } | undefined {
  if (value === undefined) return undefined;
  if (value === null) return { value };
  const bytes = Buffer.from(value);
  const isText = isUtf8(bytes);
  const text = bytes.toString(isText ? "utf8" : "base64");
  const kept = isText ? text : { type: "Binary", value: text };
  if (sizeOf(name, kept) <= HEADER_BYTES) return { value: kept };
  const hash = { type: OMITTED, value: `${bytes.length} bytes, sha256 ${sha256(bytes)}` };
  return sizeOf(name, hash) <= HEADER_BYTES ? { value: hash } : undefined;
}

function sizeOf(name: string, value: HeaderValue): number {
  const text = typeof value === "string" ? value : (value?.value ?? "");
  return Buffer.byteLength(name) + Buffer.byteLength(text);
}

/** The names as a JSON list; of too many the first ones, and how many more there are. */
function namesOf(names: readonly string[]): TypedValue {
  const shown: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const short = name.slice(0, NAME_LENGTH).toWellFormed();
    bytes += Buffer.byteLength(JSON.stringify(short)) + 1;
    if (bytes > OMITTED_NAMES_BYTES) break;
    shown.push(short);
  }
  const more = names.length - shown.length;
  return { type: OMITTED, value: JSON.stringify(more === 0 ? shown : [...shown, `and ${more} more`]) };
}
