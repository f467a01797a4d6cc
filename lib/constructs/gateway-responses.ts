import { type ResponseType, type RestApi, ResponseType as Types } from "aws-cdk-lib/aws-apigateway";
import { ACCESS_DENIED, PROBLEMS, type ProblemCode, problemType } from "../../functions/contract/errors.ts";

interface GatewayProblem {
  readonly type: ResponseType;
  readonly code: ProblemCode;
  readonly detail: string;
}

const UNSIGNED =
  "The request came without a signature (AWS Signature Version 4), or there is nothing at this address.";
const UNUSABLE = "The signature of the request is not valid, or has expired.";

/**
 * The gateway's own answers, as the same problem details that the functions give. A default replaces the status of each
 * type, so types of other statuses than 400 and 500 are listed, unused ones included. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export const GATEWAY_PROBLEMS: readonly GatewayProblem[] = [
  { type: Types.MISSING_AUTHENTICATION_TOKEN, code: "FORBIDDEN", detail: UNSIGNED },
  { type: Types.INVALID_SIGNATURE, code: "FORBIDDEN", detail: UNUSABLE },
  { type: Types.EXPIRED_TOKEN, code: "FORBIDDEN", detail: UNUSABLE },
  { type: Types.ACCESS_DENIED, code: "FORBIDDEN", detail: ACCESS_DENIED },
  { type: Types.UNAUTHORIZED, code: "FORBIDDEN", detail: UNUSABLE },
  { type: Types.INVALID_API_KEY, code: "FORBIDDEN", detail: "The API key of the request is not valid." },
  { type: Types.WAF_FILTERED, code: "FORBIDDEN", detail: "A rule of the web firewall refuses the request." },
  { type: Types.RESOURCE_NOT_FOUND, code: "NOT_FOUND", detail: "There is nothing at this address." },
  { type: Types.REQUEST_TOO_LARGE, code: "BODY_TOO_LARGE", detail: "The gateway accepts 10 MB at most." },
  { type: Types.UNSUPPORTED_MEDIA_TYPE, code: "UNSUPPORTED_MEDIA_TYPE", detail: "Send application/json." },
  { type: Types.THROTTLED, code: "THROTTLED", detail: "Try again after a short while." },
  { type: Types.QUOTA_EXCEEDED, code: "THROTTLED", detail: "Try again later." },
  {
    type: Types.INTEGRATION_TIMEOUT,
    code: "TIMEOUT",
    detail: "Repeat the request with the same Idempotency-Key.",
  },
  {
    type: Types.INTEGRATION_FAILURE,
    code: "INTERNAL",
    detail: "Repeat the request with the same Idempotency-Key.",
  },
  { type: Types.API_CONFIGURATION_ERROR, code: "INTERNAL", detail: "The gateway is misconfigured." },
  { type: Types.DEFAULT_4XX, code: "INVALID_REQUEST", detail: "The gateway refused the request." },
  { type: Types.DEFAULT_5XX, code: "INTERNAL", detail: "Repeat the request with the same Idempotency-Key." },
];

const CONTENT_TYPE = "application/problem+json";

export function addGatewayResponses(api: RestApi): void {
  for (const problem of GATEWAY_PROBLEMS) {
    const { status } = PROBLEMS[problem.code];
    api.addGatewayResponse(problem.type.responseType, {
      type: problem.type,
      statusCode: String(status),
      responseHeaders: { "Content-Type": `'${CONTENT_TYPE}'` },
      templates: { "application/json": problemTemplate(problem) },
    });
  }
}

function problemTemplate({ code, detail }: GatewayProblem): string {
  const { status, title } = PROBLEMS[code];
  return JSON.stringify({
    type: problemType(code),
    title,
    status,
    code,
    detail,
    requestId: "$context.requestId",
  });
}
