import { framesOf } from "./stack-frame.ts";
import { uncaughtError } from "./uncaught-error.ts";
import type { InvocationLine } from "./view-types.ts";

const LONGEST = 4_000;

/** A log line with its stack apart, and undefined for a line of metrics. */
export function invocationLine(at: number, raw: string, isError: boolean): InvocationLine | undefined {
  const text = raw.trimEnd();
  if (text.includes('"_aws"')) return undefined;
  const uncaught = uncaughtError(text);
  if (uncaught !== undefined) return line(at, uncaught.detail, true, uncaught.stack);
  const fields = fieldsOf(text);
  if (fields?.["stack"] === undefined) return line(at, text, isError || fields?.["level"] === "error", []);
  const { stack, ...others } = fields;
  return line(at, JSON.stringify(others), true, framesOf(stack));
}

const line = (at: number, text: string, isError: boolean, stack: readonly string[]): InvocationLine => ({
  at,
  text: text.slice(0, LONGEST),
  isError,
  ...(stack.length === 0 ? {} : { stack }),
});

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
