import type { HttpApiSpec, RouteSpec } from "../assembly/model.ts";
import type { ApiKind, GatewayErrorType } from "./api-kind.ts";
import { preflightAnswer, withCors } from "./cors.ts";
import { proxyEvent } from "./event-v1.ts";
import { decodedPath, eventV2, isText } from "./event-v2.ts";
import { makeRouter } from "./match-route.ts";
import { proxyResponse } from "./response-v1.ts";
import { responseV2 } from "./response-v2.ts";

/** Type → status and message, as an HTTP API answers. */
const ERRORS: Readonly<Record<GatewayErrorType, readonly [status: number, message: string]>> = {
  ACCESS_DENIED: [403, "Forbidden"],
  API_CONFIGURATION_ERROR: [500, "Internal Server Error"],
  MISSING_AUTHENTICATION_TOKEN: [404, "Not Found"],
  REQUEST_TOO_LARGE: [413, "Request Entity Too Large"],
  THROTTLED: [429, "Too Many Requests"],
  INTEGRATION_TIMEOUT: [503, "Service Unavailable"],
  DEFAULT_5XX: [500, "Internal Server Error"],
};

/**
 * An HTTP API or the URL of a function, with the payload formats 1.0 and 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApi(api: HttpApiSpec): ApiKind {
  const { id: apiId, stageName, cors } = api;
  /** HTTP APIs decode the path, URLs of functions do not: https://github.com/middleapi/standard-server/pull/93 */
  const shownPath = (path: string) => (api.isFunctionUrl ? path : decodedPath(path));
  const isDefault = ({ routeKey }: RouteSpec) => routeKey === "$default";
  const match = makeRouter(api.routes.filter((route) => !isDefault(route)));
  const others = api.routes.find(isDefault);
  return {
    requestIdHeader: "Apigw-Requestid",
    timeoutMs: 30_000,
    ownAnswer: (incoming) => preflightAnswer(cors, incoming),
    match(method, path) {
      const found = match(method, shownPath(path));
      return found ?? (others && { route: others, pathParameters: null });
    },
    event(incoming, target, request) {
      const path = shownPath(target.path);
      if (request.match.route.payload !== "1.0")
        return eventV2(incoming, { ...target, path }, { ...request, apiId, stageName });
      const binaryMediaTypes = isText(incoming.headers["content-type"]) ? [] : ["*/*"];
      const event = proxyEvent(incoming, { ...target, path }, { ...request, stageName, binaryMediaTypes });
      return { version: "1.0", ...event };
    },
    answer(payload, _incoming, { route }) {
      if (route.payload !== "1.0") return responseV2(payload);
      return proxyResponse(payload, true, "text/plain; charset=utf-8");
    },
    error(type) {
      const [status, message] = ERRORS[type];
      return { status, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ message }) };
    },
    headers: (headers, incoming) => withCors(cors, headers, incoming),
  };
}
