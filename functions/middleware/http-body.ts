import { LIMITS } from "../contract/limits.ts";
import { ruleOf } from "../contract/patterns.ts";
import type { SchemaError, Validate } from "../contract/validators.js";
import { Problem } from "./problem.ts";
import { escapeKey, jsonFault } from "./strict-json.ts";

/** A request's body as it came, and how it is encoded. */
export interface RawBody {
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly contentType: string | undefined;
}

/** The validated body. Throws a Problem that says what is wrong and where. */
export function jsonBody<T>(raw: RawBody, isValid: Validate<T>): T {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(raw.contentType ?? "")) {
    throw new Problem("UNSUPPORTED_MEDIA_TYPE", {
      detail: "Send the header Content-Type: application/json.",
    });
  }
  const value = parsed(textOf(raw));
  if (isValid(value)) return value;
  const errors = describeSchemaErrors(isValid.errors);
  throw new Problem("INVALID_REQUEST", { ...errors[0], errors });
}

function textOf({ body, isBase64Encoded }: RawBody): string {
  const text = body ?? "";
  // The length of a base64 text is enough to refuse it unread.
  const bytes = isBase64Encoded ? decodedLength(text) : Buffer.byteLength(text);
  if (bytes > LIMITS.bodyBytes) {
    throw new Problem("BODY_TOO_LARGE", {
      detail: `The body has ${bytes} bytes; at most ${LIMITS.bodyBytes} are taken.`,
    });
  }
  if (!isBase64Encoded) {
    if (!text.isWellFormed())
      throw new Problem("BAD_ENCODING", { detail: "The body holds lone surrogates." });
    // A gateway hands over text, in which this character stands for bytes that it could not read.
    if (text.includes("\ufffd"))
      throw new Problem("BAD_ENCODING", {
        detail: "The body is not valid UTF-8, or holds the character U+FFFD, which has to be escaped.",
      });
    return text;
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new Problem("BAD_ENCODING", { detail: "The body is not valid base64." });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, "base64"));
  } catch {
    throw new Problem("BAD_ENCODING", { detail: "The body is not valid UTF-8." });
  }
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor((base64.length * 3) / 4) - padding;
}

function parsed(text: string): unknown {
  const value = parseJson(text);
  const fault = jsonFault(text);
  if (fault === undefined) return value;
  const { kind, detail, pointer } = fault;
  if (kind === "depth") throw new Problem("MALFORMED_JSON", { detail });
  throw new Problem("INVALID_REQUEST", { detail, pointer, errors: [{ detail, pointer }] });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("MALFORMED_JSON", {
      detail: text === "" ? "The body is empty." : "The body is not valid JSON.",
    });
  }
}

const MAX_ERRORS = 20;

/** The faults of a value, the first of each field and the first 20 fields. At least one. */
export function describeSchemaErrors(
  errors: readonly SchemaError[] | null | undefined,
): readonly [FieldFault, ...FieldFault[]] {
  const byPointer = new Map<string, FieldFault>();
  for (const error of errors ?? []) {
    const fault = describeSchemaError(error);
    if (!byPointer.has(fault.pointer)) byPointer.set(fault.pointer, fault);
    if (byPointer.size === MAX_ERRORS) break;
  }
  const [first = describeSchemaError(undefined), ...others] = byPointer.values();
  return [first, ...others];
}

export interface FieldFault {
  readonly detail: string;
  readonly pointer: string;
}

/** A sentence and the JSON Pointer of the field at fault. Names fields and bounds, never values. */
export function describeSchemaError(error: SchemaError | undefined): FieldFault {
  if (error === undefined) return { detail: "The value does not match the schema.", pointer: "" };
  const { missingProperty, additionalProperty, allowedValues, pattern } = error.params;
  const key = missingProperty ?? additionalProperty;
  const pointer = key === undefined ? error.instancePath : `${error.instancePath}/${escapeKey(String(key))}`;
  const what = pointer === "" ? "The body" : pointer;
  if (missingProperty !== undefined) return { detail: `${what} is required.`, pointer };
  if (additionalProperty !== undefined) return { detail: `${what} is not a known field.`, pointer };
  if (Array.isArray(allowedValues))
    return { detail: `${what} must be one of ${allowedValues.join(", ")}.`, pointer };
  const rule = ruleOf(pattern) ?? ruleInWords(error);
  return { detail: `${what} ${rule === undefined ? "is not valid" : `must ${rule}`}.`, pointer };
}

const TYPES: Readonly<Record<string, string>> = {
  array: "be a list",
  boolean: "be true or false",
  integer: "be a whole number",
  number: "be a number",
  object: "be an object",
  string: "be a string",
};

/** The rest of a sentence that begins with "must"; `undefined` where the schemas do not use the keyword. */
function ruleInWords({ keyword, params }: SchemaError): string | undefined {
  const { limit, type, allowedValue } = params;
  switch (keyword) {
    case "type":
      return TYPES[String(type)];
    case "minimum":
      return `be at least ${limit}`;
    case "maximum":
      return `be at most ${limit}`;
    case "minLength":
      return limit === 1 ? "not be empty" : `have at least ${limit} characters`;
    case "maxLength":
      return `have at most ${limit} characters`;
    case "minItems":
      return `have at least ${limit} ${limit === 1 ? "item" : "items"}`;
    case "maxItems":
      return `have at most ${limit} items`;
    case "const":
      return `be ${allowedValue}`;
    default:
      return undefined;
  }
}
