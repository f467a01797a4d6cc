import { AssemblyError } from "./template-values.ts";

/** Whether a record passes the filters of an event source mapping. */
export type RecordFilter = (record: unknown) => boolean;

type Test = (value: unknown) => boolean;

const refuse = (what: string): never => {
  throw new AssemblyError(`the local emulator does not support the filter ${what}`);
};

/**
 * Compiles the patterns of a mapping's filter criteria. A record passes where one of them matches or where there are
 * none. An unknown operator is refused with its name.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export const compileFilters = (patterns: readonly string[]): RecordFilter => {
  if (patterns.length === 0) return () => true;
  const tests = patterns.map((pattern) => compileNode(JSON.parse(pattern)));
  return (record) => tests.some((test) => test(record));
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const compileNode = (pattern: unknown): Test => {
  if (!isObject(pattern)) return refuse(JSON.stringify(pattern));
  const tests = Object.entries(pattern).map(([key, rule]): Test => {
    if (key === "$or") return compileOr(rule);
    const test = Array.isArray(rule) ? compileLeaf(rule) : compileNode(rule);
    return (value) => test(isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined);
  });
  return (value) => tests.every((test) => test(value));
};

const compileOr = (rule: unknown): Test => {
  if (!Array.isArray(rule)) return refuse(`$or ${JSON.stringify(rule)}`);
  const tests = rule.map(compileNode);
  return (value) => tests.some((test) => test(value));
};

/** A list of rules matches where one of them matches; for a value that is a list, where one element does. */
const compileLeaf = (rules: readonly unknown[]): Test => {
  const tests = rules.map(compileRule);
  return (value) => {
    const candidates: readonly unknown[] = Array.isArray(value) ? value : [value];
    return tests.some((test) => candidates.some(test));
  };
};

const compileRule = (rule: unknown): Test => {
  if (!isObject(rule)) return (value) => value === rule;
  const [[operator, operand] = ["", undefined], ...others] = Object.entries(rule);
  if (others.length > 0) return refuse(JSON.stringify(rule));
  switch (operator) {
    case "exists":
      return (value) => (value !== undefined && !isObject(value)) === operand;
    case "prefix":
      return typeof operand === "string" ? textTest((text) => text.startsWith(operand)) : refuse("prefix");
    case "suffix":
      return typeof operand === "string" ? textTest((text) => text.endsWith(operand)) : refuse("suffix");
    case "equals-ignore-case": {
      if (typeof operand !== "string") return refuse("equals-ignore-case");
      const wanted = operand.toLowerCase();
      return textTest((text) => text.toLowerCase() === wanted);
    }
    case "anything-but": {
      const unwanted: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      if (unwanted.some(isObject)) return refuse(JSON.stringify(rule));
      return (value) => value !== undefined && !isObject(value) && !unwanted.includes(value);
    }
    case "numeric":
      return compileNumeric(operand);
    default:
      return refuse(operator);
  }
};

const textTest =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value);

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

const compileNumeric = (operand: unknown): Test => {
  if (!Array.isArray(operand) || operand.length % 2 !== 0) return refuse("numeric");
  const parts: readonly unknown[] = operand;
  const tests = parts.flatMap((operator, index) => {
    if (index % 2 === 1) return [];
    const compare = COMPARISONS[String(operator)];
    const bound = parts[index + 1];
    if (compare === undefined || typeof bound !== "number") return refuse(`numeric ${String(operator)}`);
    return [(value: number) => compare(value, bound)];
  });
  return (value) => typeof value === "number" && tests.every((test) => test(value));
};
