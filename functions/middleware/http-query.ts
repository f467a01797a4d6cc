import type { Validate } from "../contract/validators.js";
import type { HttpRequest } from "./http.ts";
import { Problem } from "./problem.ts";
import { describeSchemaError } from "./schema-error.ts";

/** What a route takes after the question mark. */
export interface Query<T> {
  readonly isValid: Validate<T>;
  /** Every parameter there is, for whoever named another. */
  readonly names: readonly string[];
}

/** The validated parameters of a query; those of digits only are numbers where the name is `limit`. */
export function queryOf<T>(request: HttpRequest, { isValid, names }: Query<T>): T {
  const value: Record<string, string | number> = {};
  for (const [name, texts = []] of Object.entries(request.query)) {
    if (!names.includes(name))
      throw refused(`There is no parameter ${name.slice(0, 64)}; there are ${names.join(", ")}.`);
    const [text = ""] = texts;
    if (texts.length > 1)
      throw refused(`The parameter ${name} stands ${texts.length} times; it takes one value.`);
    value[name] = name === "limit" && /^\d{1,9}$/.test(text) ? Number(text) : text;
  }
  if (isValid(value)) return value;
  const { detail, pointer } = describeSchemaError(isValid.errors?.[0]);
  throw refused(detail.replace(pointer, `The parameter ${pointer.slice(1)}`));
}

function refused(detail: string): Problem {
  return new Problem("INVALID_REQUEST", { detail });
}
