import type { IncomingMessage, ServerResponse } from "node:http";
import { isRecord, type Json } from "../assembly/template-values.ts";
import { type AwsCall, awsCallOf } from "./aws-call.ts";
import { s3Call } from "./s3-call.ts";

/** The call of a request to the port of SQS, SNS and S3; `undefined` for any other. `body` is parsed as its type says. */
export function messagingCall(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: unknown,
): AwsCall | undefined {
  const { method = "GET", url = "/", headers } = incoming;
  const named = nameOf(method, url, headers, body);
  return named && awsCallOf(incoming, outgoing, named);
}

function nameOf(
  method: string,
  url: string,
  headers: IncomingMessage["headers"],
  body: unknown,
): { readonly service: "sqs" | "sns" | "s3"; readonly operation: string; readonly input: Json } | undefined {
  const { "content-type": type = "", "x-amz-target": target = "" } = headers;
  if (url === "/" && method === "POST") {
    const input = isRecord(body) ? body : {};
    if (type.includes("x-amz-json")) {
      return { service: "sqs", operation: String(target).split(".").at(-1) ?? "", input };
    }
    const { Action: action } = input;
    // GetCallerIdentity of STS needs no permission.
    if (action === "GetCallerIdentity") return undefined;
    return { service: "sns", operation: String(action), input };
  }
  if (url === "/health" || url.startsWith("/_fauxqs/")) return undefined;
  return { service: "s3", ...s3Call({ method, url, headers, body }) };
}
