import { describeSchemaErrors, jsonFault, type RuleOf, type Validate } from "./json-faults.ts";
import { Problem } from "./problem.ts";

/** The body of a request and its encoding. */
export interface RawBody {
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly contentType: string | undefined;
}

const MAX_BODY_BYTES = 65_536;

/** How bodies are read, and their faults described. */
export interface BodyRules {
  /** Bytes of a request body; a larger one is refused with 413. Default: 65,536. */
  readonly maxBodyBytes?: number;
  /** The rule of a schema's pattern in words. */
  readonly ruleOf?: RuleOf;
}

/** The validated body. Throws a Problem with each fault and its place. */
export function jsonBody<T>(raw: RawBody, isValid: Validate<T>, rules: BodyRules = {}): T {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(raw.contentType ?? "")) {
    throw new Problem("UNSUPPORTED_MEDIA_TYPE", {
      detail: "Send the header Content-Type: application/json.",
    });
  }
  const value = parsed(textOf(raw, rules.maxBodyBytes ?? MAX_BODY_BYTES));
  if (isValid(value)) return value;
  const errors = describeSchemaErrors(isValid.errors, rules.ruleOf);
  throw new Problem("INVALID_REQUEST", { ...errors[0], errors });
}

function textOf({ body, isBase64Encoded }: RawBody, maxBodyBytes: number): string {
  const text = body ?? "";
  // A base64 text that is too long is refused without decoding it.
  const bytes = isBase64Encoded ? decodedLength(text) : Buffer.byteLength(text);
  if (bytes > maxBodyBytes) {
    throw new Problem("BODY_TOO_LARGE", {
      detail: `The body has ${bytes} bytes; at most ${maxBodyBytes} are accepted.`,
    });
  }
  if (!isBase64Encoded) {
    if (!text.isWellFormed())
      throw new Problem("BAD_ENCODING", { detail: "The body holds lone surrogates." });
    // A gateway passes text, with this character in place of bytes that are not UTF-8.
    if (text.includes("\ufffd"))
      throw new Problem("BAD_ENCODING", {
        detail: "The body is not valid UTF-8, or holds the character U+FFFD, which has to be escaped.",
      });
    return text;
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new Problem("BAD_ENCODING", { detail: "The body is not valid base64." });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, "base64"));
  } catch {
    throw new Problem("BAD_ENCODING", { detail: "The body is not valid UTF-8." });
  }
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor((base64.length * 3) / 4) - padding;
}

function parsed(text: string): unknown {
  const value = parseJson(text);
  const fault = jsonFault(text);
  if (fault === undefined) return value;
  const { kind, detail, pointer } = fault;
  if (kind === "depth") throw new Problem("MALFORMED_JSON", { detail });
  throw new Problem("INVALID_REQUEST", { detail, pointer, errors: [{ detail, pointer }] });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("MALFORMED_JSON", {
      detail: text === "" ? "The body is empty." : "The body is not valid JSON.",
    });
  }
}
