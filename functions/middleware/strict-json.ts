/** A fault of a JSON text: it is ambiguous, or would change if it were written again. */
export interface JsonFault {
  readonly kind: "forbidden key" | "key" | "number" | "depth";
  /** A sentence that begins with the pointer, if there is one. It names keys, never values. */
  readonly detail: string;
  /** JSON Pointer (RFC 6901); "" is the whole text. */
  readonly pointer: string;
}

/** Deeper values overflow the stack of recursive code. */
const MAX_DEPTH = 64;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d[\d.eE+-]*|[{}[\],]/g;

interface Level {
  /** The keys of an object so far; absent in an array. */
  readonly keys?: Set<string>;
  /** The key or index of the next value. */
  at: string | number;
}

/**
 * The first fault of a text that `JSON.parse` accepts: a key that is empty, repeated or `__proto__`; -0; an integer beyond
 * ±(2^53-1); a number that loses digits; more than 64 levels. Never throws.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const levels: Level[] = [];
  const fault = (kind: JsonFault["kind"], what: string): JsonFault => {
    const pointer = levels.map(({ at }) => `/${escapeKey(String(at))}`).join("");
    return { kind, detail: `${pointer === "" ? "The body" : pointer} ${what}`, pointer };
  };
  for (const [token, colon] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    const first = token[0];
    if (first === "{" || first === "[") {
      if (levels.length === MAX_DEPTH) {
        return { kind: "depth", detail: `The body has more than ${MAX_DEPTH} levels.`, pointer: "" };
      }
      levels.push(first === "{" ? { keys: new Set(), at: "" } : { at: 0 });
    } else if (first === "}" || first === "]") {
      levels.pop();
    } else if (first === ",") {
      if (typeof level?.at === "number") level.at += 1;
    } else if (first !== '"') {
      const why = numberFault(token);
      if (why !== undefined) return fault("number", why);
    } else if (colon !== undefined && level?.keys !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      level.at = key;
      if (key === "__proto__") return fault("forbidden key", "is a forbidden key.");
      if (key === "") return fault("key", "is an empty key.");
      if (level.keys.has(key)) return fault("key", "occurs twice.");
      level.keys.add(key);
    }
  }
  return undefined;
}

function numberFault(text: string): string | undefined {
  const value = Number(text);
  if (Object.is(value, -0)) return "must not be -0.";
  if (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
    return `must be between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}.`;
  }
  return sameDigits(text, String(value)) ? undefined : "has more digits than a number keeps.";
}

/** Whether two texts are the same decimal number, however it is written. */
function sameDigits(one: string, other: string): boolean {
  const [a, b] = [decimal(one), decimal(other)];
  return a.digits === b.digits && a.exponent === b.exponent;
}

/** A number as its significant digits and the power of ten behind them. */
function decimal(text: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = "", power = "0"] = text
    .replace("-", "")
    .toLowerCase()
    .split(/e(?=.)/);
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return { digits, exponent: 0 };
  return { digits, exponent: Number(power) - fraction.length + all.length - digits.length };
}

/** A key as a part of a JSON Pointer (RFC 6901), cut after 64 characters because the sender chooses keys. */
export function escapeKey(key: string): string {
  return key.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1");
}
