import { isRecord } from "../assembly/template-values.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

/** What a function may answer; anything else makes the gateway say 502. */
const FIELDS: ReadonlySet<string> = new Set([
  "statusCode",
  "headers",
  "multiValueHeaders",
  "body",
  "isBase64Encoded",
]);

/**
 * The HTTP answer of a Lambda proxy response, or undefined when it is malformed.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
 */
export function proxyResponse(payload: unknown): HttpAnswer | undefined {
  if (!isRecord(payload) || Object.keys(payload).some((key) => !FIELDS.has(key))) return undefined;
  const status = Number(payload["statusCode"] ?? 200);
  const headers = singleValues(payload["headers"] ?? {});
  const lists = listValues(payload["multiValueHeaders"] ?? {});
  const body = payload["body"] ?? "";
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (headers === undefined || lists === undefined || typeof body !== "string") return undefined;
  return {
    status,
    headers: { "Content-Type": "application/json", ...withoutCaseClash(headers, lists), ...lists },
    body: payload["isBase64Encoded"] === true ? Buffer.from(body, "base64") : body,
  };
}

function singleValues(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.some(([, item]) => typeof item === "object" && item !== null)) return undefined;
  return Object.fromEntries(entries.map(([name, item]) => [canonical(name), String(item)]));
}

function listValues(value: unknown): Record<string, readonly string[]> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.some(([, item]) => !Array.isArray(item))) return undefined;
  return Object.fromEntries(
    entries.map(([name, item]) => [canonical(name), (item as unknown[]).map(String)]),
  );
}

/** The list wins where a header is in both maps. */
const withoutCaseClash = (headers: Record<string, string>, lists: Record<string, readonly string[]>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !Object.hasOwn(lists, name)));

/** The default content type has to meet a function's own however that is spelled. */
const canonical = (name: string) => (name.toLowerCase() === "content-type" ? "Content-Type" : name);
