import { framesOf } from "./stack-frame.ts";

const UNCAUGHT = /\b(?:Invoke|Init) Error\s+(\{.*\})\s*$/s;

/** An error that a handler did not catch, from the line of its runtime; undefined for any other text. */
export function uncaughtError(
  text: string,
): { readonly detail: string; readonly stack: readonly string[] } | undefined {
  const [, json] = UNCAUGHT.exec(text) ?? [];
  if (json === undefined) return undefined;
  try {
    const { errorType, errorMessage, stack, trace } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    return { detail: `${errorType}: ${errorMessage}`, stack: framesOf(stack ?? trace) };
  } catch {
    return { detail: "an error that was not caught", stack: [] };
  }
}
