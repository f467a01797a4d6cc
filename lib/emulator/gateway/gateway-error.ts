import type { GatewayResponseSpec } from "../assembly/model.ts";
import type { GatewayErrorType, HttpAnswer } from "./api-kind.ts";

/**
 * The gateway's own responses: type → status and message where the template customizes neither it nor its DEFAULT.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const DEFAULTS = {
  ACCESS_DENIED: [403, "User is not authorized to access this resource"],
  API_CONFIGURATION_ERROR: [500, "Internal server error"],
  MISSING_AUTHENTICATION_TOKEN: [403, "Missing Authentication Token"],
  REQUEST_TOO_LARGE: [413, "Request Too Long"],
  THROTTLED: [429, "Too Many Requests"],
  INTEGRATION_TIMEOUT: [504, "Endpoint request timed out"],
  /** A function that threw, crashed, timed out, or returned no proxy response. */
  DEFAULT_5XX: [502, "Internal server error"],
} as const satisfies Record<GatewayErrorType, readonly [number, string]>;

/** The GatewayResponse of the template for a type, else for its class, else API Gateway's own. */
export function gatewayError(
  responses: ReadonlyMap<string, GatewayResponseSpec>,
  type: GatewayErrorType,
  requestId: string,
): HttpAnswer {
  const [defaultStatus, message] = DEFAULTS[type];
  const custom = responses.get(type) ?? responses.get(defaultStatus < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
  const template = custom?.templates["application/json"] ?? '{"message":$context.error.messageString}';
  const variables: Readonly<Record<string, string>> = {
    "$context.requestId": requestId,
    "$context.extendedRequestId": requestId,
    "$context.error.message": message,
    "$context.error.messageString": JSON.stringify(message),
    "$context.error.responseType": type,
  };
  return {
    status: custom?.statusCode ?? defaultStatus,
    headers: { "Content-Type": "application/json", "x-amzn-ErrorType": type, ...custom?.headers },
    body: template.replace(/\$context\.[A-Za-z.]*[A-Za-z]/g, (name) => variables[name] ?? ""),
  };
}
