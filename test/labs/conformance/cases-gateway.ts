/** A request to the REST API, the function's result, and the expected event and response. */
export interface GatewayCase {
  /** Unique name. */
  readonly rule: string;
  /** Page of the rule. */
  readonly source: string;
  readonly request?: {
    readonly method?: string;
    readonly path?: string;
    /** Alternating names and values, so that a header can be repeated. */
    readonly headers?: readonly string[];
    readonly body?: string | Buffer;
  };
  /** Result of the function; default: success without a body. */
  readonly answer?: unknown;
  /** The function throws, or exceeds the time-out of the gateway. */
  readonly ends?: "throws" | "never";
  /** Fields of the event, by their path: `requestContext.stage`. */
  readonly event?: Readonly<Record<string, unknown>>;
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string;
    /** Headers that it must not have. */
    readonly absent?: readonly string[];
  };
}

const GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const PROXY = `${GUIDE}/set-up-lambda-proxy-integrations.html`;
const ERRORS = `${GUIDE}/handle-errors-in-lambda-integration.html`;
const RESPONSES = `${GUIDE}/supported-gateway-response-types.html`;
const BINARY = `${GUIDE}/api-gateway-payload-encodings-workflow.html`;
const QUOTAS = `${GUIDE}/api-gateway-execution-service-limits-table.html`;
/** Not in the guide; captured from live APIs. */
const ENCODED_PATHS = "https://github.com/middleapi/standard-server/pull/93";
/** Not in the guide; these changes record events of live REST APIs. */
const RECORDED = "https://github.com/localstack/localstack/pull/11304";
const RECORDED_GREEDY = "https://github.com/localstack/localstack/pull/11268";
/** CloudFront, before an edge-optimized API, compares normalized paths but forwards the original path. */
const RAW_PATHS =
  "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html";

const IMAGE = ["content-type", "image/png"];

/** The REST API's Lambda proxy integration; the API has `/orders/{orderId}`, `/files/{path+}` and binary `image/*`. */
export const GATEWAY_CASES: readonly GatewayCase[] = [
  {
    rule: "event: names its resource, path, method and stage",
    source: PROXY,
    request: { method: "GET", path: "/orders/7" },
    event: {
      resource: "/orders/{orderId}",
      path: "/orders/7",
      httpMethod: "GET",
      pathParameters: { orderId: "7" },
      "requestContext.resourcePath": "/orders/{orderId}",
      "requestContext.stage": "v1",
      stageVariables: null,
    },
  },
  {
    rule: "event: a repeated header has its last value, and a list of all values",
    source: PROXY,
    request: { headers: ["X-Tag", "one", "X-Tag", "two"] },
    event: { "headers.X-Tag": "two", "multiValueHeaders.X-Tag": ["one", "two"] },
  },
  {
    rule: "event: a repeated query parameter has its last value, and a list of all values",
    source: PROXY,
    request: { path: "/orders/7?a=1&a=2&b=x%20y" },
    event: {
      queryStringParameters: { a: "2", b: "x y" },
      multiValueQueryStringParameters: { a: ["1", "2"], b: ["x y"] },
    },
  },
  {
    rule: "event: without query parameters their fields are null",
    source: PROXY,
    event: { queryStringParameters: null, multiValueQueryStringParameters: null },
  },
  {
    rule: "event: path and path parameters stay percent-encoded",
    source: ENCODED_PATHS,
    request: { path: "/orders/a%20b%2Fc" },
    event: { path: "/orders/a%20b%2Fc", pathParameters: { orderId: "a%20b%2Fc" } },
  },
  {
    rule: "event: a greedy path parameter holds the rest of the path",
    source: `${GUIDE}/api-gateway-set-up-lambda-proxy-integration-on-proxy-resource.html`,
    request: { path: "/files/a/b/c" },
    event: { resource: "/files/{path+}", pathParameters: { path: "a/b/c" } },
  },
  {
    rule: "K4: path: a trailing slash is ignored by the router and kept in the event",
    source: RECORDED,
    request: { path: "/orders/7/" },
    event: {
      resource: "/orders/{orderId}",
      path: "/orders/7/",
      pathParameters: { orderId: "7" },
      "requestContext.path": "/orders/7/",
    },
  },
  {
    rule: "K4: path: a greedy path parameter excludes a trailing slash",
    source: RECORDED_GREEDY,
    request: { path: "/files/a/b/?x=1" },
    event: { path: "/files/a/b/", pathParameters: { path: "a/b" }, queryStringParameters: { x: "1" } },
  },
  {
    rule: "K4: path: several leading slashes are one in the event, and all in its context",
    source: RECORDED,
    request: { path: "//orders/7" },
    event: {
      resource: "/orders/{orderId}",
      path: "/orders/7",
      pathParameters: { orderId: "7" },
      "requestContext.path": "//orders/7",
    },
  },
  {
    rule: "K4: path: the text after two slashes is a segment, not a host",
    source: RECORDED,
    request: { path: "//x/orders/7" },
    response: { status: 403, body: '{"message":"Missing Authentication Token"}' },
  },
  {
    rule: "K4: path: a greedy path parameter keeps two slashes inside",
    source: RECORDED_GREEDY,
    request: { path: "/files/a//b" },
    event: { path: "/files/a//b", pathParameters: { path: "a//b" } },
  },
  ...["//", "/", "/orders/", "/orders//", "/orders//7", "//:99999/orders/7/8", "/orders/../orders/7"].map(
    (path) => ({
      rule: `K4: path: ${path} names no resource and is answered 403`,
      source: RESPONSES,
      request: { path },
      response: { status: 403, body: '{"message":"Missing Authentication Token"}' },
    }),
  ),
  ...[".", "..", "%2e%2E", "...", "%2F", "%2f..%2F", "%00", "%zz", "a;b=c", "a:80", "@"].map((segment) => ({
    rule: `K4: path: the segment ${segment} is an ordinary value`,
    source: RAW_PATHS,
    request: { path: `/orders/${segment}` },
    event: {
      resource: "/orders/{orderId}",
      path: `/orders/${segment}`,
      pathParameters: { orderId: segment },
    },
  })),
  {
    rule: "event: a body is text, and null where there is none",
    source: PROXY,
    request: { method: "POST", body: '{"a":1}' },
    event: { body: '{"a":1}', isBase64Encoded: false },
  },
  { rule: "event: no body is null", source: PROXY, event: { body: null, isBase64Encoded: false } },
  {
    rule: "event: a body of a binary type is base64",
    source: BINARY,
    request: { method: "POST", headers: IMAGE, body: Buffer.from([0, 255]) },
    event: { body: "AP8=", isBase64Encoded: true },
  },
  {
    rule: "event: the time of the request is in the format of access logs",
    source: PROXY,
    event: { "requestContext.requestTime": "01/Jan/2026:12:00:00 +0000" },
  },
  {
    rule: "response: status, headers and body are forwarded",
    source: PROXY,
    answer: { statusCode: 201, headers: { "X-One": "1" }, body: "done" },
    response: { status: 201, headers: { "x-one": "1" }, body: "done" },
  },
  {
    rule: "response: without a content type it is application/json",
    source: PROXY,
    answer: { statusCode: 200, body: "{}" },
    response: { headers: { "content-type": "application/json" } },
  },
  {
    rule: "response: a header can have several values",
    source: PROXY,
    answer: { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } },
    response: { headers: { "set-cookie": ["a=1", "b=2"] } },
  },
  {
    rule: "response: headers and multiValueHeaders are merged without duplicates",
    source: PROXY,
    answer: {
      statusCode: 200,
      headers: { "Set-Cookie": "a=1", "X-One": "1" },
      multiValueHeaders: { "Set-Cookie": ["b=2", "c=3"], "X-One": ["1"] },
    },
    response: { headers: { "set-cookie": ["a=1", "b=2", "c=3"], "x-one": "1" } },
  },
  {
    rule: "response: base64 is decoded for a client whose first accepted type is binary",
    source: BINARY,
    request: { headers: ["accept", "image/png,*/*"] },
    answer: { statusCode: 200, body: "aGk=", isBase64Encoded: true },
    response: { body: "hi" },
  },
  {
    rule: "response: base64 is forwarded unchanged to any other client",
    source: BINARY,
    request: { headers: ["accept", "application/json"] },
    answer: { statusCode: 200, body: "aGk=", isBase64Encoded: true },
    response: { body: "aGk=" },
  },
  ...[
    ["text", "done"],
    ["an object as its body", { statusCode: 200, body: { a: 1 } }],
    ["an unknown field", { statusCode: 200, data: 1 }],
    ["nothing", null],
  ].map(([what, answer]) => ({
    rule: `malformed: a result with ${what} becomes 502`,
    source: ERRORS,
    answer,
    response: { status: 502 },
  })),
  {
    rule: "error: an exception becomes 502",
    source: ERRORS,
    ends: "throws",
    response: { status: 502, headers: { "x-amzn-errortype": "DEFAULT_5XX" } },
  },
  {
    rule: "error: a function that exceeds the time-out of the integration becomes 504",
    source: RESPONSES,
    ends: "never",
    response: { status: 504, headers: { "x-amzn-errortype": "INTEGRATION_TIMEOUT" } },
  },
  {
    rule: "error: an unknown path is answered 403",
    source: RESPONSES,
    request: { path: "/nothing" },
    response: { status: 403, body: '{"message":"Missing Authentication Token"}' },
  },
  {
    rule: "error: a body above 10 MB is answered 413",
    source: QUOTAS,
    request: { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) },
    response: { status: 413 },
  },
  {
    rule: "size: a body of 10 MB reaches the function",
    source: QUOTAS,
    request: { method: "POST", body: Buffer.alloc(10 * 1024 * 1024, "x") },
    answer: { statusCode: 200 },
    response: { status: 200 },
  },
];
