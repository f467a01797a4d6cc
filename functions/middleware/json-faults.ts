/** One fault of a JSON value. */
export interface FieldFault {
  /** A sentence that begins with the pointer, if there is one. It names keys and bounds, never values. */
  readonly detail: string;
  /** JSON Pointer (RFC 6901); "" is the whole value. */
  readonly pointer: string;
}

/** A fault of a JSON text: it is ambiguous, or would change if it were written again. */
export interface JsonFault extends FieldFault {
  readonly kind: "forbidden key" | "key" | "number" | "depth";
}

/** The reason to park a message with this fault. */
export function reasonOf({ kind }: JsonFault): "BAD_ENCODING" | "INVALID_EVENT" {
  return kind === "forbidden key" ? "BAD_ENCODING" : "INVALID_EVENT";
}

/** Deeper values overflow the stack of recursive code. */
const MAX_DEPTH = 64;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d[\d.eE+-]*|[{}[\],]/g;

interface Level {
  /** The keys of an object so far; absent in an array. */
  readonly keys?: Set<string>;
  /** The key or index of the next value. */
  at: string | number;
}

/**
 * The first fault of a text that `JSON.parse` accepts: a key that is empty, repeated or `__proto__`; -0; an integer beyond
 * ±(2^53-1); a number that loses digits; more than 64 levels. Never throws.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const levels: Level[] = [];
  const fault = (kind: JsonFault["kind"], what: string): JsonFault => {
    const pointer = levels.map(({ at }) => `/${escapeKey(String(at))}`).join("");
    return { kind, detail: `${pointer === "" ? "The body" : pointer} ${what}`, pointer };
  };
  for (const [token, colon] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    const first = token[0];
    if (first === "{" || first === "[") {
      if (levels.length === MAX_DEPTH) {
        return { kind: "depth", detail: `The body has more than ${MAX_DEPTH} levels.`, pointer: "" };
      }
      levels.push(first === "{" ? { keys: new Set(), at: "" } : { at: 0 });
    } else if (first === "}" || first === "]") {
      levels.pop();
    } else if (first === ",") {
      if (typeof level?.at === "number") level.at += 1;
    } else if (first !== '"') {
      const why = numberFault(token);
      if (why !== undefined) return fault("number", why);
    } else if (colon !== undefined && level?.keys !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      level.at = key;
      if (key === "__proto__") return fault("forbidden key", "is a forbidden key.");
      if (key === "") return fault("key", "is an empty key.");
      if (level.keys.has(key)) return fault("key", "occurs twice.");
      level.keys.add(key);
    }
  }
  return undefined;
}

function numberFault(text: string): string | undefined {
  const value = Number(text);
  if (Object.is(value, -0)) return "must not be -0.";
  if (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
    return `must be between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}.`;
  }
  return sameDigits(text, String(value)) ? undefined : "has more digits than a number keeps.";
}

/** Whether two texts are the same decimal number, however it is written. */
function sameDigits(one: string, other: string): boolean {
  const [a, b] = [decimal(one), decimal(other)];
  return a.digits === b.digits && a.exponent === b.exponent;
}

/** A number as its significant digits and the power of ten behind them. */
function decimal(text: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = "", power = "0"] = text
    .replace("-", "")
    .toLowerCase()
    .split(/e(?=.)/);
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return { digits, exponent: 0 };
  return { digits, exponent: Number(power) - fraction.length + all.length - digits.length };
}

/** A key as a part of a JSON Pointer (RFC 6901), cut after 64 characters because the sender chooses keys. */
export function escapeKey(key: string): string {
  return key.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** One fault of a value, as ajv reports it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Narrows the value, like a validator compiled by ajv. After `false`, `errors` holds its faults until the next call. */
export interface Validate<T> {
  (value: unknown): value is T;
  readonly errors?: readonly SchemaError[] | null;
}

/** The rule of a schema's pattern, in words that follow "must"; `undefined` for an unknown pattern. */
export type RuleOf = (pattern: unknown) => string | undefined;

const MAX_ERRORS = 20;

/** The faults of a value, the first of each field and the first 20 fields. At least one. */
export function describeSchemaErrors(
  errors: readonly SchemaError[] | null | undefined,
  ruleOf?: RuleOf,
): readonly [FieldFault, ...FieldFault[]] {
  const byPointer = new Map<string, FieldFault>();
  for (const error of errors ?? []) {
    const fault = describeSchemaError(error, ruleOf);
    if (!byPointer.has(fault.pointer)) byPointer.set(fault.pointer, fault);
    if (byPointer.size === MAX_ERRORS) break;
  }
  const [first = describeSchemaError(undefined), ...others] = byPointer.values();
  return [first, ...others];
}

export function describeSchemaError(error: SchemaError | undefined, ruleOf?: RuleOf): FieldFault {
  if (error === undefined) return { detail: "The value does not match the schema.", pointer: "" };
  const { missingProperty, additionalProperty, allowedValues, pattern } = error.params;
  const key = missingProperty ?? additionalProperty;
  const pointer = key === undefined ? error.instancePath : `${error.instancePath}/${escapeKey(String(key))}`;
  const what = pointer === "" ? "The body" : pointer;
  if (missingProperty !== undefined) return { detail: `${what} is required.`, pointer };
  if (additionalProperty !== undefined) return { detail: `${what} is not a known field.`, pointer };
  if (Array.isArray(allowedValues))
    return { detail: `${what} must be one of ${allowedValues.join(", ")}.`, pointer };
  const rule = ruleOf?.(pattern) ?? ruleInWords(error);
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
