import { framesOf } from "./stack-frame.ts";

const UNCAUGHT = /\b(?:(?:Invoke|Init) Error|Uncaught Exception|Unhandled Promise Rejection)\s+(\{.*\})\s*$/s;

/** An error that a handler did not catch, from the line of its runtime; undefined for any other text. */
export function uncaughtError(
  text: string,
): { readonly detail: string; readonly stack: readonly string[] } | undefined {
  const [, json] = UNCAUGHT.exec(text) ?? [];
  if (json === undefined) return undefined;
  try {
    const parsed = JSON.parse(json) as Readonly<Record<string, unknown>>;
    // Of a rejection that was not handled, the stack is Lambda's own; the reason has that of the error.
    const { reason } = parsed;
    const error = typeof reason === "object" && reason !== null ? (reason as typeof parsed) : parsed;
    const { errorType, errorMessage, stack, trace } = error;
    return { detail: `${errorType}: ${errorMessage}`, stack: framesOf(stack ?? trace) };
  } catch {
    return { detail: "an error that was not caught", stack: [] };
  }
}
