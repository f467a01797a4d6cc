import type { GatewayCase } from "./cases-gateway.ts";

/** A request through an HTTP API. */
export interface HttpApiCase extends GatewayCase {
  /** The API has the route `$default` as well. */
  readonly hasDefault?: boolean;
}

const GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const LAMBDA = `${GUIDE}/http-api-develop-integrations-lambda.html`;
const ROUTES = `${GUIDE}/http-api-develop-routes.html`;
const CORS = `${GUIDE}/http-api-cors.html`;
const QUOTAS = `${GUIDE}/http-api-quotas.html`;
/** The guide does not list the types that are text; these were found on a live API. */
const TYPES = "https://github.com/ministackorg/ministack/pull/766";
/** The guide does not mention that paths are decoded; this was captured from live APIs. */
const DECODED = "https://github.com/middleapi/standard-server/pull/93";

const ORIGIN = ["Origin", "http://localhost:5173"];
const FOREIGN = ["Origin", "https://other.example"];
const PREFLIGHT = ["Access-Control-Request-Method", "POST"];

/**
 * An HTTP API with `GET /orders/{orderId}`, `POST /orders`, `ANY /files/{path+}`, `GET /files/{id}` and `ANY /v1/{id}`
 * of format 1.0. Its CORS configuration permits http://localhost:5173.
 */
export const HTTP_API_CASES: readonly HttpApiCase[] = [
  {
    rule: "2.0: event: names its version, route, path, method and stage",
    source: LAMBDA,
    request: { path: "/orders/7" },
    event: {
      version: "2.0",
      routeKey: "GET /orders/{orderId}",
      rawPath: "/orders/7",
      rawQueryString: "",
      pathParameters: { orderId: "7" },
      "requestContext.http.method": "GET",
      "requestContext.http.path": "/orders/7",
      "requestContext.http.protocol": "HTTP/1.1",
      "requestContext.routeKey": "GET /orders/{orderId}",
      "requestContext.stage": "$default",
      "requestContext.time": "01/Jan/2026:12:00:00 +0000",
      "requestContext.timeEpoch": Date.UTC(2026, 0, 1, 12),
      isBase64Encoded: false,
    },
  },
  {
    rule: "2.0: event: has no field for what the request does not have",
    source: LAMBDA,
    request: { method: "POST", path: "/orders" },
    event: {
      cookies: undefined,
      queryStringParameters: undefined,
      pathParameters: undefined,
      body: undefined,
      multiValueHeaders: undefined,
    },
  },
  {
    rule: "2.0: event: names of headers are lower case, and values that come twice are joined by a comma",
    source: LAMBDA,
    request: { headers: ["X-Tag", "one", "x-tag", "two"] },
    event: { "headers.x-tag": "one,two" },
  },
  {
    rule: "2.0: event: cookies are a list, and no header",
    source: LAMBDA,
    request: { headers: ["Cookie", "a=1; b=2"] },
    event: { cookies: ["a=1", "b=2"], "headers.cookie": undefined },
  },
  {
    rule: "2.0: event: query parameters are decoded, joined by a comma, and raw in the raw query",
    source: LAMBDA,
    request: { path: "/orders/7?a=1&a=2&b=x%20y" },
    event: { rawQueryString: "a=1&a=2&b=x%20y", queryStringParameters: { a: "1,2", b: "x y" } },
  },
  {
    rule: "2.0: event: path and path parameters are decoded",
    source: DECODED,
    request: { path: "/orders/a%20b" },
    event: { rawPath: "/orders/a b", pathParameters: { orderId: "a b" } },
  },
  {
    rule: "2.0: event: a greedy path parameter has the rest of the path",
    source: ROUTES,
    request: { path: "/files/a/b/c" },
    event: { routeKey: "ANY /files/{path+}", pathParameters: { path: "a/b/c" } },
  },
  {
    rule: "2.0: event: a body of text is text",
    source: TYPES,
    request: {
      method: "POST",
      path: "/orders",
      headers: ["content-type", "application/json; charset=utf-8"],
      body: '{"a":"ä"}',
    },
    event: { body: '{"a":"ä"}', isBase64Encoded: false },
  },
  ...["application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"].map(
    (type) => ({
      rule: `2.0: event: a body of ${type} is base64`,
      source: TYPES,
      request: { method: "POST", path: "/orders", headers: ["content-type", type], body: "hi" },
      event: { body: "aGk=", isBase64Encoded: true },
    }),
  ),
  {
    rule: "2.0: event: a body without a content type is base64",
    source: TYPES,
    request: { method: "POST", path: "/orders", body: "hi" },
    event: { body: "aGk=", isBase64Encoded: true },
  },
  {
    rule: "2.0: response: an object without a status code is the body, as JSON with 200",
    source: LAMBDA,
    answer: { message: "hello" },
    response: { status: 200, headers: { "content-type": "application/json" }, body: '{"message":"hello"}' },
  },
  {
    rule: "2.0: response: a text is the body",
    source: LAMBDA,
    answer: "hello",
    response: { status: 200, headers: { "content-type": "application/json" }, body: "hello" },
  },
  {
    rule: "2.0: response: status, headers and body are passed on",
    source: LAMBDA,
    answer: { statusCode: 201, headers: { "X-One": "1" }, body: "done" },
    response: { status: 201, headers: { "x-one": "1" }, body: "done" },
  },
  {
    rule: "2.0: response: each cookie is a set-cookie header",
    source: LAMBDA,
    answer: { statusCode: 200, cookies: ["a=1; Secure", "b=2"] },
    response: { headers: { "set-cookie": ["a=1; Secure", "b=2"] } },
  },
  {
    rule: "2.0: response: base64 is decoded for every client",
    source: LAMBDA,
    answer: { statusCode: 200, body: "aGk=", isBase64Encoded: true },
    response: { body: "hi" },
  },
  ...[
    ["a body that is an object", { statusCode: 200, body: { a: 1 } }],
    ["a status that is no number", { statusCode: "fine" }],
    ["headers that are a list", { statusCode: 200, headers: [] }],
  ].map(([what, answer]) => ({
    rule: `2.0: malformed: a function that answers ${what} makes the gateway answer 500`,
    source: LAMBDA,
    answer,
    response: { status: 500, body: '{"message":"Internal Server Error"}' },
  })),
  {
    rule: "2.0: error: a function that throws makes the gateway answer 500",
    source: LAMBDA,
    ends: "throws",
    response: { status: 500, body: '{"message":"Internal Server Error"}' },
  },
  {
    rule: "2.0: error: a function that takes longer than the integration's time-out is answered 503",
    source: QUOTAS,
    ends: "never",
    response: { status: 503, body: '{"message":"Service Unavailable"}' },
  },
  {
    rule: "2.0: route: without $default, a path without a route is answered 404",
    source: ROUTES,
    request: { path: "/nothing" },
    response: { status: 404, body: '{"message":"Not Found"}' },
  },
  {
    rule: "2.0: route: without $default, a method without a route is answered 404",
    source: ROUTES,
    request: { method: "DELETE", path: "/orders/7" },
    response: { status: 404, body: '{"message":"Not Found"}' },
  },
  {
    rule: "2.0: route: a full match wins over a greedy variable",
    source: ROUTES,
    request: { path: "/files/7" },
    event: { routeKey: "GET /files/{id}", pathParameters: { id: "7" } },
  },
  {
    rule: "2.0: route: $default takes what no other route does, without path parameters",
    source: ROUTES,
    hasDefault: true,
    request: { method: "DELETE", path: "/any/thing" },
    event: { routeKey: "$default", rawPath: "/any/thing", pathParameters: undefined },
  },
  {
    rule: "2.0: route: $default takes the root",
    source: ROUTES,
    hasDefault: true,
    request: { path: "/" },
    event: { routeKey: "$default", rawPath: "/" },
  },
  {
    rule: "2.0: route: other routes win over $default",
    source: ROUTES,
    hasDefault: true,
    request: { path: "/orders/7" },
    event: { routeKey: "GET /orders/{orderId}" },
  },
  {
    rule: "2.0: size: a body above 10 MB is answered 413",
    source: QUOTAS,
    request: { method: "POST", path: "/orders", body: Buffer.alloc(10 * 1024 * 1024 + 1) },
    response: { status: 413 },
  },
  {
    rule: "CORS: a preflight request is answered 204 without a route",
    source: CORS,
    request: { method: "OPTIONS", path: "/nowhere", headers: [...ORIGIN, ...PREFLIGHT] },
    response: {
      status: 204,
      headers: {
        "access-control-allow-origin": "http://localhost:5173",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "60",
        "access-control-allow-credentials": "true",
      },
      body: "",
    },
  },
  {
    rule: "CORS: a response has the headers of the API, and not the function's own",
    source: CORS,
    request: { headers: ORIGIN },
    answer: { statusCode: 200, headers: { "Access-Control-Allow-Origin": "https://own.example" } },
    response: {
      headers: {
        "access-control-allow-origin": "http://localhost:5173",
        "access-control-expose-headers": "x-total",
      },
    },
  },
  {
    rule: "CORS: an origin that the API does not permit gets no headers",
    source: CORS,
    request: { method: "OPTIONS", path: "/orders", headers: [...FOREIGN, ...PREFLIGHT] },
    response: { status: 204, absent: ["access-control-allow-origin", "access-control-allow-methods"] },
  },
  {
    rule: "1.0: event: has the fields of a REST API and its version",
    source: LAMBDA,
    request: { path: "/v1/a%20b?x=1&x=2" },
    event: {
      version: "1.0",
      resource: "/v1/{id}",
      path: "/v1/a b",
      httpMethod: "GET",
      pathParameters: { id: "a b" },
      queryStringParameters: { x: "2" },
      multiValueQueryStringParameters: { x: ["1", "2"] },
    },
  },
  {
    rule: "1.0: response: a header may have several values",
    source: LAMBDA,
    request: { path: "/v1/7" },
    answer: { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } },
    response: { headers: { "set-cookie": ["a=1", "b=2"] } },
  },
  {
    rule: "1.0: malformed: an object without a status code is answered 500",
    source: LAMBDA,
    request: { path: "/v1/7" },
    answer: { message: "hello" },
    response: { status: 500 },
  },
];
