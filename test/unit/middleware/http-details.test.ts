import { describe, expect, test } from "vitest";
import { http } from "../../../functions/middleware/http.ts";
import {
  type HttpRequest,
  jsonBody,
  type ProxyEvent,
  traceparentOf,
} from "../../../functions/middleware/http-request.ts";
import type { Validate } from "../../../functions/middleware/json-faults.ts";
import type { Problem } from "../../../functions/middleware/problem.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { created, order } from "../../fixtures/events.ts";

const event: ProxyEvent = {
  httpMethod: "GET",
  resource: "/things/{id}",
  pathParameters: { id: "a" },
  multiValueHeaders: {},
  body: null,
  isBase64Encoded: false,
  requestContext: { requestId: "request-1", path: "/live/things/a" },
};

/** The request of a route. */
async function seen(changes: Partial<ProxyEvent>, look: (request: HttpRequest) => unknown): Promise<unknown> {
  const handler = http(
    { "GET /things/{id}": async (request) => ({ status: 200, body: [look(request)] }) },
    { write: () => {} },
  ) as unknown as (event: ProxyEvent, context: object) => Promise<{ body: string }>;
  const { body } = await handler({ ...event, ...changes }, {});
  return (JSON.parse(body) as unknown[])[0];
}

test("K5: headers whose names differ in case are one header with all their values", async () => {
  const multiValueHeaders = { "Idempotency-Key": ["a"], "idempotency-key": ["b"], Accept: ["*/*"] };

  expect(await seen({ multiValueHeaders }, (request) => request.header("IDEMPOTENCY-KEY"))).toEqual([
    "a",
    "b",
  ]);
});

test.each([
  ["application/json", "text/plain"],
  ["text/plain", "application/json"],
  ["application/json; charset=utf-8", "text/plain"],
])("K5: a body of two types is refused: %s, %s", async (one, other) => {
  const multiValueHeaders = { "Content-Type": [one], "content-type": [other] };
  const code = await seen({ multiValueHeaders, body: "{}" }, (request) => {
    try {
      return request.json((_): _ is unknown => true);
    } catch (error) {
      return (error as Problem).code;
    }
  });

  expect(code).toBe("UNSUPPORTED_MEDIA_TYPE");
});

test("K6: of two trace contexts none is passed on", async () => {
  const values = ["c", "d"].map((end) => `00-0af7651916cd43dd8448eb211c80319${end}-b7ad6b7169203331-01`);

  const answers = [values.slice(1), values].map((traceparent) =>
    seen({ multiValueHeaders: { traceparent } }, (request) => traceparentOf(request) ?? "none"),
  );

  expect(await Promise.all(answers)).toEqual([values[1], "none"]);
});

describe("K8: an event that is not a proxy event", () => {
  const handler = http({ "GET /things/{id}": async () => ({ status: 200, body: {} }) }, { write: () => {} });
  const invoke = handler as unknown as (
    event: unknown,
    context: object,
  ) => Promise<{ statusCode: number; body: string }>;

  test.each([
    [{ key1: "value1", key2: "value2" }],
    [null],
    ["text"],
    [[]],
    [{ ...event, requestContext: null }],
    [{ ...event, requestContext: {} }],
    [{ ...event, httpMethod: 1 }],
    [{ version: "2.0", routeKey: "GET /things/{id}", requestContext: { http: { method: "GET" } } }],
  ])("%j has the response 400 with a code", async (foreign) => {
    const { statusCode, body } = await invoke(foreign, {});

    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toMatchObject({
      code: "INVALID_REQUEST",
      detail: expect.stringContaining("proxy"),
    });
  });

  test.each(["multiValueHeaders", "multiValueQueryStringParameters", "pathParameters", "body"])(
    "one without %s has its normal response",
    async (field) => {
      for (const value of [null, undefined]) {
        expect((await invoke({ ...event, [field]: value }, {})).statusCode).toBe(200);
      }
    },
  );

  test.each(["constructor", "__proto__", "toString"])(
    "a method named %s has no route",
    async (httpMethod) => {
      expect((await invoke({ ...event, httpMethod, resource: "" }, {})).statusCode).toBe(404);
    },
  );
});

describe("a route receives", () => {
  test.each([
    ["a%20b", "a b"],
    ["a%2Fb", "a/b"],
    ["%zz", "%zz"],
    ["100%", "100%"],
  ])("the path parameter %s as %s", async (id, expected) => {
    expect(await seen({ pathParameters: { id } }, (request) => request.parameter("id"))).toBe(expected);
  });

  test("the signer of the request, and `local` where the request is not signed", async () => {
    const caller = (identity?: { userArn?: string | null }) =>
      seen(
        { requestContext: { ...event.requestContext, ...(identity === undefined ? {} : { identity }) } },
        (request) => request.caller,
      );

    expect(await caller({ userArn: "arn:aws:iam::1:user/ada" })).toBe("arn:aws:iam::1:user/ada");
    expect(await caller({ userArn: null })).toBe("local");
    expect(await caller({})).toBe("local");
    expect(await caller()).toBe("local");
  });

  test("the query, or an empty one", async () => {
    const query = { status: ["OPEN"] };

    expect(await seen({ multiValueQueryStringParameters: query }, (request) => request.query)).toEqual(query);
    expect(await seen({ multiValueQueryStringParameters: null }, (request) => request.query)).toEqual({});
  });

  test("no values of a header without values", async () => {
    expect(
      await seen({ multiValueHeaders: { "X-None": undefined } }, (request) => request.header("x-none")),
    ).toEqual([]);
  });
});

test("the response to an outage names the guarantees of a repeat", async () => {
  const handler = http(
    {
      "GET /things/{id}": async () => {
        throw Object.assign(new Error("x"), { code: "ECONNRESET" });
      },
    },
    { write: () => {} },
  ) as unknown as (event: ProxyEvent, context: object) => Promise<{ body: string }>;

  expect(JSON.parse((await handler(event, {})).body)).toMatchObject({
    detail: "Repeat the request. An effect that it already had is not repeated.",
  });
});

test("a text that starts with a colon has no key", () => {
  const anything: Validate<unknown> = (_value: unknown): _value is unknown => true;
  const value = { a: ["b", ": c"], d: [":", ":"] };

  expect(
    jsonBody(
      { body: JSON.stringify(value), isBase64Encoded: false, contentType: "application/json" },
      anything,
    ),
  ).toEqual(value);
});

test.each(["x", " "])("a traceparent surrounded by %o is omitted", (junk) => {
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const of = (value: string) =>
    traceparentOf({
      header: (name: string) => (name === "traceparent" ? [value] : []),
    } as unknown as HttpRequest);

  expect([of(trace), of(junk + trace), of(trace + junk)]).toEqual([trace, undefined, undefined]);
});

describe("an event's fields", () => {
  const good = created(order("1"));
  const reasonOf = (changes: object) => {
    const content = decodeEvent(JSON.stringify({ ...good, ...changes }));
    return content.kind === "malformed" ? content.reason : content.kind;
  };

  test.each([
    [`${good.subject}:1:order.created`, "message"],
    [`${good.subject}-1:order.created`, "INVALID_EVENT"],
    [`${good.subject}:1-order.created`, "INVALID_EVENT"],
  ])("the id %s is %s", (id, reason) => {
    expect(reasonOf({ id })).toBe(reason);
  });

  test.each([
    ["urn:order-events:order:2 or so", "INVALID_EVENT"],
    ["see urn:order-events:order:2", "INVALID_EVENT"],
    [["urn:order-events:order:2"], "INVALID_EVENT"],
    ["urn:order-events:order:2", "UNSUPPORTED_VERSION"],
  ])("the schema %o is %s", (dataschema, reason) => {
    expect(reasonOf({ dataschema })).toBe(reason);
  });

  test("only a notification of SNS is an envelope", () => {
    expect(reasonOf({ id: 1, Type: "Notification", TopicArn: "arn" })).toBe("ENVELOPE_MISMATCH");
    expect(reasonOf({ id: 1, Type: "SubscriptionConfirmation", TopicArn: "arn" })).toBe("INVALID_EVENT");
    expect(reasonOf({ id: 1, Type: "Notification" })).toBe("INVALID_EVENT");
  });
});
