import { type BodyRules, jsonBody } from "./http-body.ts";
import { describeSchemaErrors, type Validate } from "./json-faults.ts";
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

/** The query parameters of a route. */
export interface Query<T> {
  readonly isValid: Validate<T>;
  /** The names of all parameters, for the error about an unknown one. */
  readonly names: readonly string[];
}

/** The validated query parameters. `limit` is a number if it has digits only. */
export function queryOf<T>(request: HttpRequest, { isValid, names }: Query<T>): T {
  const value: Record<string, string | number> = {};
  for (const [name, texts = []] of Object.entries(request.query)) {
    if (!names.includes(name))
      throw refused(`There is no parameter ${name.slice(0, 64)}; there are ${names.join(", ")}.`);
    const [text = ""] = texts;
    if (texts.length > 1)
      throw refused(`The parameter ${name} occurs ${texts.length} times; it accepts one value.`);
    value[name] = name === "limit" && /^\d{1,9}$/.test(text) ? Number(text) : text;
  }
  if (isValid(value)) return value;
  const errors = describeSchemaErrors(isValid.errors, request.rules?.ruleOf).map(({ detail, pointer }) => ({
    detail: detail.replace(pointer, `The parameter ${pointer.slice(1)}`),
  }));
  throw new Problem("INVALID_REQUEST", { ...errors[0], errors });
}

function refused(detail: string): Problem {
  return new Problem("INVALID_REQUEST", { detail });
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
