export interface ErrorText {
  readonly errorName: string;
  readonly errorMessage: string;
}

const LENGTH = 500;
const EMAIL = /[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+/g;

/** Name and message of any thrown value, without e-mail addresses. Never throws. */
export function describeError(error: unknown): ErrorText {
  try {
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) };
    return { errorName: clean(name), errorMessage: clean(message) };
  } catch {
    return { errorName: "unreadable", errorMessage: "The error could not be read." };
  }
}

/** An error in one line; a text as it is; `undefined` where there is no error. Never throws. */
export function errorLine(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const { errorName, errorMessage } = describeError(error);
  return typeof error === "string" ? errorMessage : `${errorName}: ${errorMessage}`;
}

function clean(text: unknown): string {
  const whole = String(text);
  // Half of an address, at the cut, would not be recognized as one. An address has at most 254 characters.
  const kept = whole.length > LENGTH ? whole.slice(0, LENGTH).replace(/\S{1,254}$/, "") : whole;
  return kept.replace(EMAIL, "[e-mail]");
}
