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
const CAUSES = 2;

/**
 * The stack of an error and of its causes, without their messages, e-mail addresses, frames of Node.js and folders of the
 * machine; empty where there is none. Never throws.
 */
export function stackOf(error: unknown, causes = CAUSES): readonly string[] {
  try {
    if (!(error instanceof Error)) return [];
    const stack = String(error.stack);
    const message = stack.indexOf(error.message);
    const frames = stack
      .slice(message < 0 ? 0 : message + error.message.length)
      .split("\n")
      .filter((line) => /^\s+at /.test(line) && !/\bnode:/.test(line))
      .slice(0, FRAMES)
      .map((line) => line.trim().replace(FRAME_PATH, withoutFolders).replace(EMAIL_IN_FRAME, "[e-mail]"));
    const cause = causes > 0 ? errorLine(error.cause) : undefined;
    return cause === undefined
      ? frames
      : [...frames, `caused by ${cause}`, ...stackOf(error.cause, causes - 1)];
  } catch {
    return [];
  }
}

/** Unlike the name of a package, `@scope/name`. */
const EMAIL_IN_FRAME = /[^\s()/@]+@[\w-]+\.[\w.-]+/g;
/** Up to the line and column. */
const FRAME_PATH = /(?:file:\/\/)?(?:\/|\b[A-Za-z]:[\\/])[^()]*?(?=:\d+(?::\d+)?)/;

/** From the package or the folder of sources on; the name of any other file. */
function withoutFolders(path: string): string {
  const parts = path.split(/[\\/]/);
  const start = Math.max(parts.lastIndexOf("node_modules"), parts.lastIndexOf("functions"));
  return start < 0 ? (parts.at(-1) ?? "") : parts.slice(start).join("/");
}

function clean(text: unknown): string {
  const whole = String(text);
  // Half of an address, at the cut, would not be recognized as one. An address has at most 254 characters.
  const kept = whole.length > LENGTH ? whole.slice(0, LENGTH).replace(/\S{1,254}$/, "") : whole;
  return kept.replace(EMAIL, "[e-mail]");
}
