import { isRecord } from "../assembly/template-values.ts";
import type { HttpAnswer } from "./api-kind.ts";

/** Fields of a proxy response. The gateway responds 502 to any other. */
const FIELDS: ReadonlySet<string> = new Set([
  "statusCode",
  "headers",
  "multiValueHeaders",
  "body",
  "isBase64Encoded",
]);

/**
 * The HTTP response for a Lambda proxy response; undefined for a malformed one. A base64 body is decoded where the
 * client accepts a type that the API declares binary (`binary`), and sent unchanged otherwise.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
export function proxyResponse(
  payload: unknown,
  binary = false,
  contentType = "application/json",
): HttpAnswer | undefined {
  if (!isRecord(payload) || Object.keys(payload).some((key) => !FIELDS.has(key))) return undefined;
  const status = Number(payload["statusCode"] ?? 200);
  const headers = singleValues(payload["headers"] ?? {});
  const lists = listValues(payload["multiValueHeaders"] ?? {});
  const body = payload["body"] ?? "";
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (headers === undefined || lists === undefined || typeof body !== "string") return undefined;
  return {
    status,
    headers: { "Content-Type": contentType, ...headers, ...merged(headers, lists) },
    body: binary && payload["isBase64Encoded"] === true ? Buffer.from(body, "base64") : body,
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

/**
 * Both maps form one list for each header, without duplicates.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
const merged = (headers: Record<string, string>, lists: Record<string, readonly string[]>) =>
  Object.fromEntries(
    Object.entries(lists).map(([name, values]) => {
      const single = Object.hasOwn(headers, name) ? headers[name] : undefined;
      return [name, single === undefined || values.includes(single) ? values : [single, ...values]];
    }),
  );

/** A function's own content type replaces the default one, however it is spelled. */
const canonical = (name: string) => (name.toLowerCase() === "content-type" ? "Content-Type" : name);
