import type { HttpRequest } from "./http-request.ts";
import { describeSchemaErrors, type Validate } from "./json-faults.ts";
import { Problem } from "./problem.ts";

/** The query parameters of a route. */
export interface Query<T> {
  readonly isValid: Validate<T>;
  /** The names of all parameters, for the error about an unknown one. */
  readonly names: readonly string[];
}

/** The validated query parameters. `limit` is a number if it has digits only. */
export function queryOf<T>(request: HttpRequest, { isValid, names }: Query<T>): T {
  const value: Record<string, string | number> = {};
  for (const [name, texts = []] of Object.entries(request.query)) {
    if (!names.includes(name))
      throw refused(`There is no parameter ${name.slice(0, 64)}; there are ${names.join(", ")}.`);
    const [text = ""] = texts;
    if (texts.length > 1)
      throw refused(`The parameter ${name} occurs ${texts.length} times; it accepts one value.`);
    value[name] = name === "limit" && /^\d{1,9}$/.test(text) ? Number(text) : text;
  }
  if (isValid(value)) return value;
  const errors = describeSchemaErrors(isValid.errors, request.rules?.ruleOf).map(({ detail, pointer }) => ({
    detail: detail.replace(pointer, `The parameter ${pointer.slice(1)}`),
  }));
  throw new Problem("INVALID_REQUEST", { ...errors[0], errors });
}

function refused(detail: string): Problem {
  return new Problem("INVALID_REQUEST", { detail });
}
