/** The type and range of a setting. Values come as text from `-c name=value`. */
export type Rule =
  | { readonly kind: "integer"; readonly minimum: number; readonly maximum: number }
  | { readonly kind: "choice"; readonly choices: readonly number[] }
  | { readonly kind: "boolean" }
  | { readonly kind: "text"; readonly pattern: RegExp; readonly expected: string }
  | { readonly kind: "word"; readonly choices: readonly string[] }
  | { readonly kind: "names"; readonly choices: readonly string[] }
  | { readonly kind: "texts"; readonly pattern: RegExp; readonly expected: string }
  | {
      readonly kind: "integers";
      readonly length: number;
      readonly minimum: number;
      readonly maximum: number;
    };

export const SUBNETS_RULE: Rule = {
  kind: "texts",
  pattern: /^subnet-[0-9a-f]{8,17}$/,
  expected: "subnet ids",
};
export const SECURITY_GROUP_RULE: Rule = {
  kind: "text",
  pattern: /^$|^sg-[0-9a-f]{8,17}$/,
  expected: "a security group id, or nothing",
};

export type SettingValue = number | boolean | string | readonly number[] | readonly string[];

/** An unusable setting; the message has its name, the allowed values and the received value. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/**
 * One setting, from the command line, cdk.json or a stage's own values.
 * Throws `SettingError` when the value breaks the rule.
 */
export function readSetting(name: string, rule: Rule, received: unknown): SettingValue {
  const refuse = (expected: string) =>
    new SettingError(`Setting "${name}" takes ${expected}; received ${JSON.stringify(received)}.`);
  switch (rule.kind) {
    case "integer": {
      const value = integer(received);
      if (value !== undefined && value >= rule.minimum && value <= rule.maximum) return value;
      throw refuse(`a whole number, minimum ${rule.minimum}, maximum ${rule.maximum}`);
    }
    case "choice": {
      const value = integer(received);
      if (value !== undefined && rule.choices.includes(value)) return value;
      throw refuse(`one of ${rule.choices.join(", ")}`);
    }
    case "boolean":
      if (received === true || received === "true") return true;
      if (received === false || received === "false") return false;
      throw refuse("true or false");
    case "text":
      if (typeof received === "string" && rule.pattern.test(received)) return received;
      throw refuse(rule.expected);
    case "word":
      if (typeof received === "string" && rule.choices.includes(received)) return received;
      throw refuse(`one of ${rule.choices.join(", ")}`);
    case "texts": {
      const texts = list(received);
      if (texts.every((each) => typeof each === "string" && rule.pattern.test(each)))
        return texts as string[];
      throw refuse(`a comma-separated list of ${rule.expected}`);
    }
    case "names": {
      const names = list(received);
      if (names.every((each) => typeof each === "string" && rule.choices.includes(each)))
        return names as string[];
      throw refuse(`a comma-separated list out of ${rule.choices.join(", ")}`);
    }
    case "integers": {
      const values = list(received).map(integer);
      const fits = (each: number | undefined) =>
        each !== undefined && each >= rule.minimum && each <= rule.maximum;
      if (values.length === rule.length && values.every(fits)) return values as number[];
      throw refuse(
        `${rule.length} comma-separated whole numbers, each minimum ${rule.minimum}, maximum ${rule.maximum}`,
      );
    }
    default:
      return rule satisfies never;
  }
}

/** The settings of `-c name=value`, by name. Throws `SettingError` for another form. */
export function pairsOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((each) => {
      const at = each.indexOf("=");
      if (at === -1) throw new SettingError(`-c takes name=value; received "${each}".`);
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

function integer(received: unknown): number | undefined {
  if (typeof received === "number") return Number.isSafeInteger(received) ? received : undefined;
  if (typeof received !== "string" || !/^-?\d{1,15}$/.test(received.trim())) return undefined;
  return Number(received);
}

function list(received: unknown): readonly unknown[] {
  if (Array.isArray(received)) return received;
  if (typeof received !== "string") return [received];
  return received === "" ? [] : received.split(",").map((each) => each.trim());
}
