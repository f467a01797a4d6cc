import { describeSchemaErrors, jsonFault, type RuleOf, type Validate } from "./json-faults.ts";
import { Problem } from "./problem.ts";
import { parseTraceparent } from "./traceparent.ts";

const IDEMPOTENCY_KEY_LENGTH = 128;

/**
 * The Idempotency-Key: 1 to 128 printable ASCII characters, once. `"key"`, as the IETF draft quotes it, and `key` are the
 * same. Throws a Problem.
 */
export function idempotencyKeyOf(request: HttpRequest): string {
  const values = request.header("idempotency-key");
  const key = unquoted(values[0] ?? "");
  if (key === "") {
    throw new Problem("IDEMPOTENCY_KEY_MISSING", {
      detail: "Send a header Idempotency-Key with a value of its own for each request, such as a UUID.",
    });
  }
  if (values.length > 1 || key.length > IDEMPOTENCY_KEY_LENGTH || !/^[\x20-\x7e]+$/.test(key)) {
    throw new Problem("IDEMPOTENCY_KEY_INVALID", {
      detail: `Send the key once, as 1 to ${IDEMPOTENCY_KEY_LENGTH} printable ASCII characters.`,
    });
  }
  return key;
}

/** The content of a quoted string of RFC 9651; any other text as it is. */
function unquoted(text: string): string {
  const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text)?.[1];
  return quoted === undefined ? text : quoted.replace(/\\(["\\])/g, "$1");
}

/** The W3C trace context of a request; `undefined` for another value or several values. */
export function traceparentOf(request: HttpRequest): string | undefined {
  return parseTraceparent(onlyOne(request.header("traceparent")));
}

/** The value of a header that accepts one. With several it is unknown which one the client meant. */
function onlyOne(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}

/** The fields of API Gateway's proxy event (REST, v1) that are used here. */
export interface ProxyEvent {
  readonly httpMethod: string;
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly path: string;
    readonly identity?: { readonly userArn?: string | null };
  };
}

/** Whether an event is from a proxy integration; a test event of Lambda's console is not. */
export function isProxyEvent(event: unknown): event is ProxyEvent {
  const { httpMethod, resource, requestContext } = (event ?? {}) as Partial<
    Record<keyof ProxyEvent, unknown>
  >;
  return (
    typeof httpMethod === "string" &&
    typeof resource === "string" &&
    typeof (requestContext as { requestId?: unknown } | null | undefined)?.requestId === "string"
  );
}

export interface HttpRequest {
  readonly requestId: string;
  /** The path as the client sees it, stage included. */
  readonly path: string;
  /** A path parameter, decoded; the empty string where there is none. */
  parameter(name: string): string;
  /** The ARN of the caller; `local` in the emulator, where requests are not signed. */
  readonly caller: string;
  /** The query parameters, each with all its values. */
  readonly query: Readonly<Record<string, readonly string[] | undefined>>;
  /** All values of a header, whatever its case. */
  header(name: string): readonly string[];
  /** The validated body. Throws a Problem. */
  json<T>(isValid: Validate<T>): T;
  readonly rules?: BodyRules;
}

export function requestOf(event: ProxyEvent, rules: BodyRules = {}): HttpRequest {
  const headers = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    const key = name.toLowerCase();
    // Names that differ in case only are one header with several values.
    headers.set(key, [...(headers.get(key) ?? []), ...(values ?? [])]);
  }
  const header = (name: string) => headers.get(name.toLowerCase()) ?? [];
  return {
    requestId: event.requestContext.requestId,
    path: event.requestContext.path,
    caller: event.requestContext.identity?.userArn ?? "local",
    query: event.multiValueQueryStringParameters ?? {},
    parameter: (name) => decoded(event.pathParameters?.[name] ?? ""),
    header,
    json(isValid) {
      const { body, isBase64Encoded } = event;
      const contentType = onlyOne(header("content-type"));
      return jsonBody({ body, isBase64Encoded, contentType }, isValid, rules);
    },
    rules,
  };
}

/** REST APIs do not decode path parameters. One that cannot be decoded is returned unchanged. */
function decoded(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
}

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
