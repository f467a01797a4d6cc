export interface ErrorText {
  readonly errorName: string;
  readonly errorMessage: string;
}

const LENGTH = 500;
const EMAIL = /[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+/g;

/** Name and message of anything that was thrown, without e-mail addresses. Never throws. */
export function describeError(error: unknown): ErrorText {
  try {
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) };
    return { errorName: clean(name), errorMessage: clean(message) };
  } catch {
    return { errorName: "unreadable", errorMessage: "The error could not be read." };
  }
}

/** An error in one line, or what was said in its place; nothing of nothing. Never throws. */
export function errorLine(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const { errorName, errorMessage } = describeError(error);
  return typeof error === "string" ? errorMessage : `${errorName}: ${errorMessage}`;
}

function clean(text: unknown): string {
  const whole = String(text);
  // A cut could leave half of an address, which is not recognized as one; an address has at most 254 characters.
  const kept = whole.length > LENGTH ? whole.slice(0, LENGTH).replace(/\S{1,254}$/, "") : whole;
  return kept.replace(EMAIL, "[e-mail]");
}
