import type { SchemaError } from "../contract/validators.js";

/** A sentence and the JSON Pointer of the field at fault. Names fields and bounds, never values. */
export function describeSchemaError(error: SchemaError | undefined): { detail: string; pointer: string } {
  if (error === undefined) return { detail: "The value does not match the schema.", pointer: "" };
  const { missingProperty, additionalProperty, allowedValues } = error.params;
  const key = missingProperty ?? additionalProperty;
  const pointer = key === undefined ? error.instancePath : `${error.instancePath}/${escapeKey(String(key))}`;
  const what = pointer === "" ? "The body" : pointer;
  if (missingProperty !== undefined) return { detail: `${what} is required.`, pointer };
  if (additionalProperty !== undefined) return { detail: `${what} is not a known field.`, pointer };
  if (Array.isArray(allowedValues))
    return { detail: `${what} must be one of ${allowedValues.join(", ")}.`, pointer };
  return { detail: `${what} ${error.message ?? "is not valid"}.`, pointer };
}

/** RFC 6901; long keys are cut, they come from outside. */
function escapeKey(key: string): string {
  return key.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1");
}
