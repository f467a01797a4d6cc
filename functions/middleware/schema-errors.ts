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
  const rule = ruleOf?.(pattern);
  if (rule !== undefined) return { detail: `${what} must ${rule}.`, pointer };
  return { detail: `${what} ${error.message ?? "is not valid"}.`, pointer };
}
