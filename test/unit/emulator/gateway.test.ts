import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatewayError } from "../../../lib/emulator/gateway/gateway-error.ts";
import { makeRouter } from "../../../lib/emulator/gateway/match-route.ts";
import { requestTarget } from "../../../lib/emulator/gateway/request-target.ts";
import { proxyResponse } from "../../../lib/emulator/gateway/response-v1.ts";
import { makeThrottle } from "../../../lib/emulator/gateway/throttle.ts";

const route = (method: string, path: string) => ({ method, path, functionName: `${method} ${path}` });

describe("the router", () => {
  const find = makeRouter([
    route("GET", "/orders/{orderId}"),
    route("GET", "/orders/latest"),
    route("POST", "/orders/{orderId}/cancel"),
    route("ANY", "/files/{path+}"),
    route("GET", "/"),
  ]);

  it.each([
    ["GET", "/", "GET /", null],
    ["GET", "/orders/7", "GET /orders/{orderId}", { orderId: "7" }],
    ["GET", "/orders/latest", "GET /orders/latest", null],
    ["GET", "/orders/a%20b%2Fc", "GET /orders/{orderId}", { orderId: "a%20b%2Fc" }],
    ["GET", "/orders/%zz", "GET /orders/{orderId}", { orderId: "%zz" }],
    ["POST", "/orders/7/cancel", "POST /orders/{orderId}/cancel", { orderId: "7" }],
    ["DELETE", "/files/a/b", "ANY /files/{path+}", { path: "a/b" }],
    ["GET", "/orders/7/", "GET /orders/{orderId}", { orderId: "7" }],
    ["GET", "/files/a//b/", "ANY /files/{path+}", { path: "a//b" }],
  ])("routes %s %s to its function", (method, path, functionName, pathParameters) => {
    expect(find(method, path)).toMatchObject({ route: { functionName }, pathParameters });
  });

  it.each([
    ["an unknown path", "GET", "/nothing"],
    ["a method the path does not have", "PUT", "/orders/7"],
    ["a longer path", "GET", "/orders/7/more"],
    ["an empty variable", "GET", "/orders/"],
    ["a missing part", "POST", "/orders/7"],
  ])("finds no route for %s", (_name, method, path) => {
    expect(find(method, path)).toBeUndefined();
  });
});

describe("K4: the target of a request", () => {
  it.each([
    ["/orders", "/orders", "/orders", ""],
    ["/orders?a=1?b", "/orders", "/orders", "a=1%3Fb", "a=1?b"],
    ["//orders//7//", "//orders//7//", "/orders//7//", ""],
    ["//", "//", "/", ""],
    ["", "/", "/", ""],
    ["?a=1", "/", "/", "a=1"],
    ["*", "*", "*", ""],
    ["HTTP://user@host:1/a?b=c", "/a", "/a", "b=c"],
    ["http://host?b=c", "/", "/", "b=c"],
    // node:http represents each byte of UTF-8 as one character.
    ["/stock/th\u00c3\u00a9?q=\u00c3\u00a9", "/stock/th%C3%A9", "/stock/th%C3%A9", "q=%C3%A9"],
  ])("%s is parsed without normalization", (url, sentPath, path, query, rawQuery = query) => {
    const target = requestTarget(url);

    expect({ ...target, query: target.query.toString() }).toEqual({ sentPath, path, query, rawQuery });
  });

  it("never throws, and its path starts with one slash where the client sent one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(requestTarget(`/${text}`).path).toMatch(/^\/(?!\/)/);
      }),
    );
  });
});

describe("a proxy response", () => {
  it("is returned with its content type in any case", () => {
    const answer = proxyResponse({
      statusCode: 201,
      headers: { "content-type": "text/plain", n: 1 },
      body: "hi",
    });

    expect(answer).toEqual({ status: 201, headers: { "Content-Type": "text/plain", n: "1" }, body: "hi" });
  });

  it("defaults to JSON with status 200", () => {
    expect(proxyResponse({})).toEqual({
      status: 200,
      headers: { "Content-Type": "application/json" },
      body: "",
    });
  });

  it("is decoded from base64 when the client accepts bytes", () => {
    const payload = { body: "aGk=", isBase64Encoded: true };

    expect(proxyResponse(payload, true)?.body).toEqual(Buffer.from("hi"));
    expect(proxyResponse(payload, false)?.body).toBe("aGk=");
  });

  it("keeps several values of one header together with the single one", () => {
    const { headers } = proxyResponse({ headers: { A: "0" }, multiValueHeaders: { A: ["1", "2"] } }) ?? {};

    expect(headers).toMatchObject({ A: ["0", "1", "2"] });
  });

  it.each([
    ["a string", "hello"],
    ["null", null],
    ["a list", []],
    ["an unknown field", { statusCode: 200, extra: true }],
    ["a status that is not a number", { statusCode: "ok" }],
    ["a status out of range", { statusCode: 99 }],
    ["a body that is an object", { body: {} }],
    ["a header that is an object", { headers: { a: {} } }],
    ["a multi-value header that is text", { multiValueHeaders: { a: "1" } }],
  ])("is malformed where it is or has %s", (_name, payload) => {
    expect(proxyResponse(payload)).toBeUndefined();
  });

  it("never throws for any return value", () => {
    fc.assert(fc.property(fc.jsonValue(), (payload) => void proxyResponse(payload)));
  });
});

describe("a response of the gateway itself", () => {
  const custom = {
    type: "THROTTLED",
    statusCode: 420,
    headers: { "Content-Type": "application/problem+json" },
    templates: { "application/json": '{"id":"$context.requestId","m":$context.error.messageString}' },
  };

  it("is the template's response of that type", () => {
    const answer = gatewayError(new Map([["THROTTLED", custom]]), "THROTTLED", "r-1");

    expect(answer).toMatchObject({ status: 420, body: '{"id":"r-1","m":"Too Many Requests"}' });
    expect(answer.headers).toMatchObject({ "Content-Type": "application/problem+json" });
  });

  it("is otherwise the response of its class", () => {
    const answer = gatewayError(
      new Map([["DEFAULT_4XX", { ...custom, type: "DEFAULT_4XX" }]]),
      "REQUEST_TOO_LARGE",
      "r",
    );

    expect(answer.status).toBe(420);
  });

  it("is API Gateway's default without a response in the template", () => {
    const answer = gatewayError(new Map(), "MISSING_AUTHENTICATION_TOKEN", "r");

    expect(answer).toMatchObject({ status: 403, body: '{"message":"Missing Authentication Token"}' });
  });
});

describe("the throttle", () => {
  it("accepts a burst, rejects the next request, and refills with time", () => {
    let now = 0;
    const passes = makeThrottle({ rate: 10, burst: 2 }, { now: () => now });

    const first = [passes(), passes(), passes()];
    now = 100;
    const later = [passes(), passes()];

    expect(first).toEqual([true, true, false]);
    expect(later).toEqual([true, false]);
  });

  it.each([-3_600_000, -1])(
    "K10: keeps its tokens and continues to refill after its clock changed by %i ms",
    (step) => {
      let now = 10_000_000;
      const passes = makeThrottle({ rate: 10, burst: 2 }, { now: () => now });
      passes();

      now += step;
      const before = [passes(), passes()];
      now += 100;
      const later = [passes(), passes()];

      expect(before).toEqual([true, false]);
      expect(later).toEqual([true, false]);
    },
  );

  it("accepts everything without a limit", () => {
    const passes = makeThrottle(undefined, { now: () => 0 });

    expect(Array.from({ length: 1000 }, passes)).not.toContain(false);
  });
});
