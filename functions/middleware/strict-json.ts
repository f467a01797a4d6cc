/** The value of a JSON text, or the first fault in it with a JSON Pointer. */
export type StrictJson =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "fault"; readonly detail: string; readonly pointer: string };

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

interface Frame {
  /** The keys so far; `undefined` in an array. */
  readonly keys: Set<string> | undefined;
  place: string | number;
  expectsKey: boolean;
}

/**
 * Parses JSON that means the same to every parser. What a parser would silently change is a fault: a key that stands
 * twice in its object, a number beyond 2^53 - 1, -0, a lone surrogate. Never throws.
 */
export function strictJson(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "fault", detail: "The body is not valid JSON.", pointer: "" };
  }
  return faultIn(text) ?? { kind: "value", value };
}

/** The first fault in a text that is valid JSON. */
function faultIn(text: string): Extract<StrictJson, { kind: "fault" }> | undefined {
  const frames: Frame[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = frames.at(-1);
    const complaint =
      frame?.expectsKey === true && token[0] === '"' ? keyFault(frame, token) : faultOf(token);
    if (complaint !== undefined) {
      const pointer = frames.map(({ place }) => `/${escaped(String(place))}`).join("");
      return { kind: "fault", detail: `${pointer === "" ? "The body" : pointer} ${complaint}.`, pointer };
    }
    if (token === "{") frames.push({ keys: new Set(), place: "", expectsKey: true });
    else if (token === "[") frames.push({ keys: undefined, place: 0, expectsKey: false });
    else if (token === "}" || token === "]") frames.pop();
    else if (frame !== undefined && token === ":") frame.expectsKey = false;
    else if (frame !== undefined && token === ",") {
      if (typeof frame.place === "number") frame.place += 1;
      else frame.expectsKey = true;
    }
  }
  return undefined;
}

/** Takes the key into its frame. */
function keyFault(frame: Frame, token: string): string | undefined {
  const key = JSON.parse(token) as string;
  frame.place = key;
  if (frame.keys?.has(key) === true) return "stands twice in its object";
  frame.keys?.add(key);
  return key.isWellFormed() ? undefined : "holds a lone surrogate";
}

function faultOf(token: string): string | undefined {
  if (token[0] === '"') {
    return (JSON.parse(token) as string).isWellFormed() ? undefined : "holds a lone surrogate";
  }
  if (token[0] !== "-" && !/^\d/.test(token)) return undefined;
  const number = Number(token);
  if (Object.is(number, -0)) return "must not be -0";
  return Math.abs(number) > Number.MAX_SAFE_INTEGER ? "is a number beyond 2^53 - 1" : undefined;
}

/** RFC 6901; long keys are cut, they come from outside. */
function escaped(key: string): string {
  return key.slice(0, 64).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");
}
