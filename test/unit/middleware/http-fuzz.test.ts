import fc from "fast-check";
import { expect, test } from "vitest";
import { PROBLEMS } from "../../../functions/contract/errors.ts";
import { isListFailed } from "../../../functions/contract/operator-validators.js";
import { isPlaceOrder } from "../../../functions/contract/request-validators.js";
import { http } from "../../../functions/middleware/http.ts";
import { queryOf } from "../../../functions/middleware/http-query.ts";
import { idempotencyKeyOf, traceparentOf } from "../../../functions/middleware/http-request.ts";
import { request } from "../../fixtures/events.ts";

const handler = http(
  {
    "POST /orders": async (asked) => {
      const body = [idempotencyKeyOf(asked), traceparentOf(asked), asked.json(isPlaceOrder)];
      return { status: 202, body };
    },
    "GET /failed-messages/{failedKey}": async (asked) => {
      const query = queryOf(asked, { isValid: isListFailed, names: ["limit", "cursor", "from"] });
      return { status: 200, body: [asked.parameter("failedKey"), asked.caller, query] };
    },
  },
  { write: () => {} },
) as unknown as (event: unknown, context: object) => Promise<{ statusCode: number; body: string }>;

const good = JSON.stringify(request());
const nameOrText = (...names: string[]) => fc.oneof(fc.constantFrom(...names), fc.string());
const values = (of: fc.Arbitrary<string>) =>
  fc.option(fc.dictionary(of, fc.array(fc.string({ unit: "binary" }), { maxLength: 3 })));
const bodies = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc
    .dictionary(fc.constantFrom(...Object.keys(request()), "__proto__"), fc.jsonValue())
    .map((changes) => JSON.stringify({ ...request(), ...changes })),
  fc.tuple(fc.nat(good.length), fc.string()).map(([at, junk]) => good.slice(0, at) + junk + good.slice(at)),
  fc.constant(null),
);
const requests = fc.record({
  httpMethod: fc.constantFrom("POST", "GET"),
  resource: nameOrText("/orders", "/failed-messages/{failedKey}"),
  pathParameters: fc.option(fc.dictionary(nameOrText("failedKey"), fc.string())),
  multiValueHeaders: values(nameOrText("Idempotency-Key", "traceparent", "__proto__")).map((headers) =>
    headers === null ? null : { "content-type": ["application/json"], ...headers },
  ),
  multiValueQueryStringParameters: values(nameOrText("limit", "cursor", "from", "__proto__")),
  body: bodies,
  isBase64Encoded: fc.boolean(),
  requestContext: fc.record({ requestId: fc.string(), path: fc.string() }),
});

const texts = fc.option(fc.dictionary(nameOrText("failedKey", "__proto__"), fc.string({ unit: "binary" })));
/** Format 2.0, of an HTTP API with these routes, and of a function's URL. */
const requestsV2 = fc.record({
  version: fc.constant("2.0"),
  routeKey: nameOrText("POST /orders", "GET /failed-messages/{failedKey}", "$default"),
  rawPath: nameOrText("/orders", "/failed-messages/a%2Fb", "/failed-messages/%ff", "/live/orders"),
  rawQueryString: fc.string({ unit: "binary" }),
  headers: texts.map((headers) => ({ "content-type": "application/json", ...headers })),
  cookies: fc.option(fc.array(fc.string())),
  pathParameters: texts,
  body: fc.oneof(bodies, fc.constant(undefined)),
  isBase64Encoded: fc.boolean(),
  requestContext: fc.record({
    requestId: fc.string(),
    stage: nameOrText("$default", "live"),
    http: fc.record({ method: fc.constantFrom("POST", "GET") }),
  }),
});

test("K8: any request has a response, and none of a client has 500", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(requests, requestsV2), async (event) => {
      const { statusCode, body } = await handler(event, {});
      const answer = JSON.parse(body) as { code: keyof typeof PROBLEMS; status: number };

      expect(statusCode).toBeLessThan(500);
      if (statusCode >= 400)
        expect([answer.status, PROBLEMS[answer.code].status]).toEqual([statusCode, statusCode]);
    }),
    { numRuns: 2_000 },
  );
});

test("K8: any other event has the response 400", async () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.dictionary(
      fc.constantFrom(...Object.keys({ httpMethod: 1, resource: 1, version: 1, routeKey: 1 })),
      fc.anything(),
    ),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (event) => {
      expect((await handler(event, {})).statusCode).toBe(400);
    }),
  );
});
