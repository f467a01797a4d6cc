import { isRecord } from "../assembly/template-values.ts";
import type { HttpAnswer } from "./api-kind.ts";

/**
 * The HTTP answer of a function, format 2.0; undefined for a malformed one. A payload without a status code is the body.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function responseV2(payload: unknown): HttpAnswer | undefined {
  if (!isRecord(payload) || payload["statusCode"] === undefined) {
    const body = typeof payload === "string" ? payload : JSON.stringify(payload);
    return { status: 200, headers: { "content-type": "application/json" }, body };
  }
  const status = Number(payload["statusCode"]);
  const headers = payload["headers"] ?? {};
  const cookies = payload["cookies"] ?? [];
  const body = payload["body"] ?? "";
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (!isRecord(headers) || !Array.isArray(cookies) || typeof body !== "string") return undefined;
  const single = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      ...Object.fromEntries(single),
      ...(cookies.length === 0 ? {} : { "set-cookie": cookies.map(String) }),
    },
    body: payload["isBase64Encoded"] === true ? Buffer.from(body, "base64") : body,
  };
}
