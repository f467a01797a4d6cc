import { describe, expect, test } from "vitest";
import { PROBLEMS, type ProblemCode, problemType } from "../../../functions/contract/errors.ts";
import { isCountStock } from "../../../functions/contract/request-validators.js";
import { http, type Routes } from "../../../functions/middleware/http.ts";
import {
  type HttpRequest,
  idempotencyKeyOf,
  type ProxyEvent,
  traceparentOf,
} from "../../../functions/middleware/http-request.ts";
import { Problem } from "../../../functions/middleware/problem.ts";
import { sink } from "../../fakes/sink.ts";

const event: ProxyEvent = {
  httpMethod: "PUT",
  resource: "/things/{id}",
  pathParameters: { id: "a" },
  multiValueHeaders: { "Content-Type": ["application/json"], "X-Many": ["1", "2"] },
  body: '{"onHand":1}',
  isBase64Encoded: false,
  requestContext: { requestId: "request-1", path: "/live/things/a" },
};

async function call(route: Routes[string], changes: Partial<ProxyEvent> = {}) {
  const out = sink();
  const handler = http(
    { "PUT /things/{id}": route },
    { problems: PROBLEMS, problemType, write: out.write },
  ) as unknown as (
    event: ProxyEvent,
    context: object,
  ) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>;
  const { body, ...answer } = await handler({ ...event, ...changes }, {});
  return { ...answer, body: JSON.parse(body) as unknown, lines: out.lines() };
}

const throwing = (error: unknown) => async () => {
  throw error;
};

describe("http", () => {
  test("responds with the route's status, headers and body", async () => {
    const reply = { status: 202, headers: { location: "/x" }, body: { a: 1 } };

    expect(await call(async () => reply)).toEqual({
      statusCode: 202,
      headers: { "content-type": "application/json", location: "/x" },
      body: { a: 1 },
      lines: [],
    });
  });

  // https://github.com/DataBiosphere/azul/issues/8258
  test.each([
    ["x", 6_200_000, 200],
    ["x", 6_300_000, 500],
    ['"', 1_600_000, 500],
    ["\u0001", 1_000_000, 500],
    ["€", 2_200_000, 500],
  ])("K30: a response of %j, %i times, is answered with %i", async (character, count, expected) => {
    const { statusCode, body, lines } = await call(async () => ({
      status: 200,
      body: character.repeat(count),
    }));

    expect(statusCode).toBe(expected);
    if (expected === 200) return;
    expect(body).toMatchObject({ code: "INTERNAL", requestId: "request-1" });
    expect(lines).toMatchObject([
      { level: "error", errorMessage: expect.stringMatching(/^The response has \d+ bytes/) },
    ]);
  });

  test("passes path, parameters, headers of any case and the validated body to the route", async () => {
    const { body } = await call(async (request) => ({
      status: 200,
      body: {
        path: request.path,
        id: request.parameter("id"),
        none: request.parameter("other"),
        many: request.header("x-many"),
        absent: request.header("X-Absent"),
        json: request.json(isCountStock),
        requestId: request.requestId,
      },
    }));

    expect(body).toEqual({
      path: "/live/things/a",
      id: "a",
      none: "",
      many: ["1", "2"],
      absent: [],
      json: { onHand: 1 },
      requestId: "request-1",
    });
  });

  test("responds to a Problem with its code, its pointer and the request id", async () => {
    const problem = new Problem("BUSY", {
      detail: "later",
      pointer: "/a",
      errors: [{ detail: "later", pointer: "/a" }],
      retryAfterSeconds: 30,
    });

    expect(await call(throwing(problem))).toEqual({
      statusCode: 503,
      headers: { "content-type": "application/problem+json", "retry-after": "30" },
      body: {
        type: "urn:order-events:problem:BUSY",
        title: "The backlog is too long to accept new orders",
        status: 503,
        code: "BUSY",
        detail: "later",
        pointer: "/a",
        errors: [{ detail: "later", pointer: "/a" }],
        requestId: "request-1",
      },
      lines: [],
    });
  });

  test.each(Object.entries(PROBLEMS))(
    "responds to the Problem %s with the type, title and status of its code",
    async (code, { title, status }) => {
      const { statusCode, body } = await call(throwing(new Problem(code as ProblemCode)));

      expect(statusCode).toBe(status);
      expect(body).toEqual({
        type: `urn:order-events:problem:${code}`,
        title,
        status,
        code,
        requestId: "request-1",
      });
    },
  );

  test("J1: responds to an unexpected error with 500 and logs it without addresses", async () => {
    const answer = await call(throwing(new Error("row of ada@example.com")));

    expect(answer).toEqual({
      statusCode: 500,
      headers: { "content-type": "application/problem+json" },
      body: {
        type: "urn:order-events:problem:INTERNAL",
        title: "Internal server error",
        status: 500,
        code: "INTERNAL",
        requestId: "request-1",
      },
      lines: [
        {
          level: "error",
          at: "/things/{id}",
          requestId: "request-1",
          outage: false,
          errorName: "Error",
          errorMessage: "row of [e-mail]",
          stack: expect.arrayContaining([expect.stringContaining("http.test.ts:")]),
        },
      ],
    });
  });

  test("responds to an outage with 503 and Retry-After", async () => {
    const answer = await call(throwing(Object.assign(new Error("x"), { code: "ECONNREFUSED" })));

    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "5"]);
    expect(answer.body).toMatchObject({ code: "UNAVAILABLE" });
    expect(answer.lines).toMatchObject([{ outage: true }]);
  });

  test.each([{ httpMethod: "GET" }, { resource: "/others" }])(
    "responds 404 without a route: %o",
    async (changes) => {
      expect((await call(async () => ({ status: 200, body: {} }), changes)).statusCode).toBe(404);
    },
  );

  test("J1: no 4xx contains values of the body", async () => {
    const body = '{"onHand":"ada@example.com"}';
    const answer = await call(async (request) => ({ status: 200, body: request.json(isCountStock) }), {
      body,
    });

    expect(answer.statusCode).toBe(400);
    expect(JSON.stringify(answer)).not.toContain("ada@");
  });

  test("accepts events without headers and parameters", async () => {
    const answer = await call(async (request) => ({ status: 200, body: request.parameter("id") }), {
      multiValueHeaders: null,
      pathParameters: null,
    });

    expect(answer.body).toBe("");
  });
});

/** A request with these headers. */
function withHeaders(headers: Record<string, readonly string[]>): HttpRequest {
  return { header: (name) => headers[name] ?? [] } as HttpRequest;
}

describe("the Idempotency-Key", () => {
  test.each(["k", "8e03978e-40d5-43dd-bc93-6894a57f9324", "x".repeat(128), 'a"b', '"open'])(
    "%s is taken",
    (key) => {
      expect(idempotencyKeyOf(withHeaders({ "idempotency-key": [key] }))).toBe(key);
    },
  );

  test.each([
    ['"quoted key"', "quoted key"],
    ['"with \\"quotes\\" and a \\\\"', 'with "quotes" and a \\'],
  ])("quoted as in the IETF draft, %s is the same key as without quotes", (header, key) => {
    expect(idempotencyKeyOf(withHeaders({ "idempotency-key": [header] }))).toBe(key);
  });

  test.each(['""', '"a"b"'])("%s is not a quoted key", (header) => {
    const read = () => idempotencyKeyOf(withHeaders({ "idempotency-key": [header] }));

    if (header === '""') expect(read).toThrow();
    else expect(read()).toBe(header);
  });

  test.each<[string, readonly string[], string]>([
    ["missing", [], "IDEMPOTENCY_KEY_MISSING"],
    ["empty", [""], "IDEMPOTENCY_KEY_MISSING"],
    ["too long", ["x".repeat(129)], "IDEMPOTENCY_KEY_INVALID"],
    ["repeated", ["a", "b"], "IDEMPOTENCY_KEY_INVALID"],
    ["with a line break", ["a\nb"], "IDEMPOTENCY_KEY_INVALID"],
    ["with a NUL", ["a\u0000"], "IDEMPOTENCY_KEY_INVALID"],
    ["not ASCII", ["schlüssel"], "IDEMPOTENCY_KEY_INVALID"],
  ])("A4: that is %s is refused", (_, values, code) => {
    expect(() => idempotencyKeyOf(withHeaders({ "idempotency-key": values }))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

test.each([
  ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true],
  ["00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false],
  ["00-0af7-b7ad-01", false],
  ["", false],
])("the traceparent %s is kept: %s", (value, isKept) => {
  expect(traceparentOf(withHeaders({ traceparent: [value] }))).toBe(isKept ? value : undefined);
  expect(traceparentOf(withHeaders({}))).toBeUndefined();
});
