import { describe, expect, test } from "vitest";
import { isCountStock } from "../../../functions/contract/request-validators.js";
import { http } from "../../../functions/middleware/http.ts";
import type { EventV2 } from "../../../functions/middleware/http-event-v2.ts";
import type { HttpRequest } from "../../../functions/middleware/http-request.ts";
import { sink } from "../../fakes/sink.ts";

const context = { requestId: "request-1", stage: "$default", http: { method: "PUT" } };
/** As an HTTP API sends it: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const event: EventV2 = {
  version: "2.0",
  routeKey: "PUT /things/{id}",
  rawPath: "/things/a/b",
  rawQueryString: "limit=2&tag=x&tag=y%26z&__proto__=1",
  cookies: ["session=1", "theme=dark"],
  headers: { "content-type": "application/json", "x-many": "1,2" },
  pathParameters: { id: "a/b 100%" },
  body: '{"onHand":1}',
  isBase64Encoded: false,
  requestContext: {
    ...context,
    authorizer: { iam: { userArn: "arn:aws:iam::123456789012:user/ada" } },
  },
};

type Call = (event: unknown) => Promise<{ statusCode: number; body: string }>;

/** The route that answers, and what it reads. */
function api(read: (request: HttpRequest) => unknown = (request) => request.parameter("id")) {
  const out = sink();
  const names = ["PUT /things/{id}", "PUT /things/special", "PUT /things/{id}/parts", "GET /things/{id}"];
  const routes = names.map((name) => [
    name,
    async (request: HttpRequest) => ({ status: 200, body: { name, read: read(request) } }),
  ]);
  const handler = http(Object.fromEntries(routes), { write: out.write }) as unknown as Call;
  return {
    out,
    async call(changes: Partial<EventV2> = {}) {
      const { statusCode, body } = await handler({ ...event, ...changes });
      return { statusCode, ...(JSON.parse(body) as { name?: string; read?: unknown; code?: string }) };
    },
  };
}

describe("http with an event of payload format 2.0", () => {
  test("passes path, parameters, query, headers, cookies, caller and the validated body to the route", async () => {
    const { call } = api((request) => ({
      id: request.parameter("id"),
      none: request.parameter("other"),
      path: request.path,
      query: Object.entries(request.query),
      many: request.header("X-Many"),
      cookie: request.header("cookie"),
      caller: request.caller,
      requestId: request.requestId,
      json: request.json(isCountStock),
    }));

    expect(await call()).toEqual({
      statusCode: 200,
      name: "PUT /things/{id}",
      read: {
        id: "a/b 100%",
        none: "",
        path: "/things/a/b",
        query: [
          ["limit", ["2"]],
          ["tag", ["x", "y&z"]],
          ["__proto__", ["1"]],
        ],
        many: ["1,2"],
        cookie: ["session=1; theme=dark"],
        caller: "arn:aws:iam::123456789012:user/ada",
        requestId: "request-1",
        json: { onHand: 1 },
      },
    });
  });

  test("reads a body in base64", async () => {
    const { call } = api((request) => request.json(isCountStock));
    const body = Buffer.from('{"onHand":3}').toString("base64");

    expect(await call({ body, isBase64Encoded: true })).toMatchObject({ read: { onHand: 3 } });
  });

  test("accepts an event without headers, query, body and parameters", async () => {
    const { version, rawPath, routeKey } = event;
    const handler = api().call;

    expect(
      await handler({
        ...{ version, rawPath, routeKey, requestContext: context },
        ...{ headers: null, cookies: null, pathParameters: null, body: null, rawQueryString: "" },
      }),
    ).toMatchObject({ statusCode: 200, read: "" });
  });

  test.each([
    ["the URL of a function", "$default", "/things/a%2Fb", "$default", "PUT /things/{id}", "a/b"],
    ["a path that is not encoded well", "$default", "/things/100%", "$default", "PUT /things/{id}", "100%"],
    [
      "a literal part before a variable",
      "$default",
      "/things/special",
      "$default",
      "PUT /things/special",
      "",
    ],
    ["more parts", "$default", "/things/a/parts", "$default", "PUT /things/{id}/parts", "a"],
    ["a stage in the path", "$default", "/live/things/a", "live", "PUT /things/{id}", "a"],
    ["a route for any method", "ANY /things/{id}", "/things/a", "$default", "PUT /things/{id}", "a/b 100%"],
    ["a greedy route", "ANY /{proxy+}", "/things/a", "$default", "PUT /things/{id}", "a"],
  ])("finds the route behind %s", async (_, routeKey, rawPath, stage, name, id) => {
    const requestContext = { ...context, stage };

    expect(await api().call({ routeKey, rawPath, requestContext })).toEqual({
      statusCode: 200,
      name,
      read: id,
    });
  });

  test.each([
    ["another path", "/others/a", "PUT"],
    ["an empty variable", "/things/", "PUT"],
    ["more parts than a route", "/things/a/b/c", "PUT"],
    ["another method", "/things/a", "DELETE"],
    ["the method as a property of every object", "/things/a", "constructor"],
  ])("answers 404 for %s", async (_, rawPath, method) => {
    const requestContext = { ...context, http: { method } };

    expect(await api().call({ routeKey: "$default", rawPath, requestContext })).toMatchObject({
      statusCode: 404,
      code: "NOT_FOUND",
    });
  });

  test("logs an unexpected error with its route", async () => {
    const { call, out } = api(() => {
      throw new Error("out of things");
    });

    expect(await call({ routeKey: "$default", rawPath: "/things/a" })).toMatchObject({ statusCode: 500 });
    expect(out.lines()).toMatchObject([{ at: "/things/{id}", requestId: "request-1" }]);
  });

  test.each([
    ["another version", { version: "3.0" }],
    ["no route", { routeKey: undefined }],
    ["no method", { requestContext: { requestId: "request-1" } }],
  ])("answers 400 for an event with %s", async (_, changes) => {
    expect(await api().call(changes as object)).toMatchObject({ statusCode: 400, code: "INVALID_REQUEST" });
  });
});
