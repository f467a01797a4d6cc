import { escapeKey } from "./strict-json.ts";

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

export interface FieldFault {
  readonly detail: string;
  readonly pointer: string;
}

/** A sentence and the JSON Pointer of the field at fault. Names fields and bounds, never values. */
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
