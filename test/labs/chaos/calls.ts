import type { IncomingMessage } from "node:http";

/** The boundaries with faults, besides the functions. */
export const SERVICES = ["api", "dynamodb", "sns", "sqs", "s3", "ses"] as const;
export type Service = (typeof SERVICES)[number];

/** One request to a service. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
}

/** An error response in the protocol of its service. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Recognizes a call by the header (JSON protocols), the form (query protocol) or the path. */
export function callOf({ headers, method, url = "/" }: IncomingMessage, body: Buffer): Call {
  const [protocol = "", target] = String(headers["x-amz-target"] ?? "").split(".");
  if (target !== undefined) {
    return { service: protocol.startsWith("DynamoDB") ? "dynamodb" : "sqs", operation: target };
  }
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
    return { service: "sns", operation: new URLSearchParams(String(body)).get("Action") ?? "" };
  }
  if (url === "/v2/email/outbound-emails") return { service: "ses", operation: "SendEmail" };
  if (headers.authorization !== undefined) return { service: "s3", operation: `${method}` };
  return { service: "api", operation: `${method} ${url.split("/")[1]}` };
}

/** The codes of an internal error and of throttling by service. */
const CODES: Readonly<Record<Service, { readonly broken: string; readonly throttled: string }>> = {
  api: { broken: "INTERNAL", throttled: "THROTTLED" },
  dynamodb: { broken: "InternalServerError", throttled: "ThrottlingException" },
  sns: { broken: "InternalError", throttled: "Throttled" },
  sqs: { broken: "InternalError", throttled: "RequestThrottled" },
  s3: { broken: "InternalError", throttled: "SlowDown" },
  ses: { broken: "InternalFailure", throttled: "TooManyRequestsException" },
};

export function refusalOf(service: Service, kind: "broken" | "throttled"): Refusal {
  const code = CODES[service][kind];
  const message = "on purpose";
  switch (service) {
    case "dynamodb":
    case "sqs":
      return {
        status: kind === "broken" ? 500 : 400,
        headers: { "content-type": "application/x-amz-json-1.0" },
        body: JSON.stringify({ __type: `com.amazonaws.${service}#${code}`, message }),
      };
    case "sns":
      return {
        status: kind === "broken" ? 500 : 429,
        headers: { "content-type": "text/xml" },
        body: `<ErrorResponse><Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>chaos</RequestId></ErrorResponse>`,
      };
    case "s3":
      return {
        status: kind === "broken" ? 500 : 503,
        headers: { "content-type": "application/xml" },
        body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      };
    case "ses":
      return {
        status: kind === "broken" ? 500 : 429,
        headers: { "content-type": "application/json", "x-amzn-errortype": code },
        body: JSON.stringify({ message }),
      };
    case "api":
      return {
        status: kind === "broken" ? 500 : 429,
        headers: { "content-type": "application/problem+json" },
        body: JSON.stringify({ status: kind === "broken" ? 500 : 429, code, title: message }),
      };
  }
}
