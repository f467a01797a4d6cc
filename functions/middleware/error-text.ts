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

const FRAMES = 12;

/**
 * The stack of an error and of its causes, without their messages, e-mail addresses, frames of Node.js and folders of the
 * machine; empty where there is none. Never throws.
 */
export function stackOf(error: unknown, causes = 2): readonly string[] {
  try {
    const { stack, message, cause } = error as Error;
    const frames = stack
      ?.slice(Math.max(0, stack.indexOf(message) + message.length))
      .match(/^[ \t]+at (?!.*\bnode:).*$/gm)
      ?.slice(0, FRAMES)
      .map((line) => line.trim().replace(PATH, fileOf).replace(EMAIL_IN_FRAME, "[e-mail]"));
    const why = causes > 0 ? errorLine(cause) : undefined;
    return [
      ...(frames ?? []),
      ...(why === undefined ? [] : [`caused by ${why}`, ...stackOf(cause, causes - 1)]),
    ];
  } catch {
    return [];
  }
}

/** Unlike the name of a package, `@scope/name`. */
const EMAIL_IN_FRAME = /[^\s()/@]+@[\w-]+\.[\w.-]+/g;
const PATH = /(?:file:\/\/)?(?:\/|\b[A-Za-z]:[\\/])[^()]*?(?=:\d)/;
/** From the package or the folder of sources on; otherwise the name of the file. */
const fileOf = (path: string) =>
  path.replace(
    /^.*[\\/](?=node_modules|functions[\\/])|^(?!.*[\\/](?:node_modules|functions)[\\/]).*[\\/]/,
    "",
  );

function clean(text: unknown): string {
  const whole = String(text);
  // Half of an address, at the cut, would not be recognized as one. An address has at most 254 characters.
  const kept = whole.length > LENGTH ? whole.slice(0, LENGTH).replace(/\S{1,254}$/, "") : whole;
  return kept.replace(EMAIL, "[e-mail]");
}
