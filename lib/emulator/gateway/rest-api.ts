import type { RestApiSpec } from "../assembly/model.ts";
import type { ApiKind } from "./api-kind.ts";
import { isBinary, proxyEvent } from "./event-v1.ts";
import { gatewayError } from "./gateway-error.ts";
import { makeRouter } from "./match-route.ts";
import { proxyResponse } from "./response-v1.ts";

/** A REST API: errors as the template's GatewayResponses define them. */
export function restApi(api: RestApiSpec): ApiKind {
  const { stageName, binaryMediaTypes } = api;
  const mock = makeRouter(api.mocks);
  return {
    requestIdHeader: "x-amzn-RequestId",
    timeoutMs: 29_000,
    ownAnswer({ method = "GET" }, { path }) {
      const found = mock(method, path)?.route;
      return found && { status: found.status, headers: found.headers, body: "" };
    },
    match: makeRouter(api.routes),
    event: (incoming, target, request) =>
      proxyEvent(incoming, target, { ...request, stageName, binaryMediaTypes }),
    // The first type that the client accepts decides between bytes and text.
    answer: (payload, { headers }) =>
      proxyResponse(payload, isBinary(headers.accept?.split(",")[0], binaryMediaTypes)),
    error: (type, requestId) => gatewayError(api.responses, type, requestId),
    headers: (headers) => headers,
  };
}
