import { describe, expect, test } from "vitest";
import { ROUTES } from "../../../functions/contract/api.ts";
import { httpRequest, mayChange, routeRequest } from "../../../lib/operator/target/route-request.ts";

describe("routeRequest", () => {
  test("puts each parameter into the path, encoded; the colons of a key stay", () => {
    const failedKey = "order-created~01J9:1:order.created/ä?#%\ud800";

    expect(routeRequest("GET /failed-messages/{failedKey}", { failedKey })).toEqual({
      method: "GET",
      path: "/failed-messages/order-created~01J9:1:order.created%2F%C3%A4%3F%23%25%EF%BF%BD",
      headers: {},
    });
  });

  test("keeps a parameter that looks like a placeholder or a pattern of a replacement", () => {
    expect(routeRequest("GET /stock/{sku}", { sku: "$&{sku}" }).path).toBe("/stock/%24%26%7Bsku%7D");
  });

  test("leaves no placeholder in the path of any route", () => {
    for (const { method, path } of ROUTES) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      const request = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
      const made = Reflect.apply(routeRequest, undefined, [`${method} ${path}`, request]);

      expect(made).toEqual({
        method,
        path: path.replaceAll(/\{(\w+)\}/g, (_, name) => `of%20${name}`),
        headers: {},
      });
    }
  });

  test("writes a query of what is given, and none where nothing is", () => {
    const query = { status: "OPEN", limit: 5, search: "a b&c=d", cursor: undefined } as const;

    expect(routeRequest("GET /failed-messages", { query }).path).toBe(
      "/failed-messages?status=OPEN&limit=5&search=a+b%26c%3Dd",
    );
    expect(routeRequest("GET /failed-messages", { query: { cursor: undefined } }).path).toBe(
      "/failed-messages",
    );
    expect(routeRequest("GET /failed-messages").path).toBe("/failed-messages");
  });

  test("writes a body as JSON without what is undefined, and adds the headers", () => {
    const body = { customerId: "ada", contact: { email: "a@b" }, currency: "EUR", lines: [] };
    const headers = { "Idempotency-Key": "k" };

    expect(routeRequest("POST /orders", { headers, body })).toEqual({
      method: "POST",
      path: "/orders",
      headers: { "Content-Type": "application/json", "Idempotency-Key": "k" },
      body: JSON.stringify(body),
    });
    expect(
      routeRequest("POST /consumers/{consumer}/resume", { consumer: "c", body: { why: undefined } }).body,
    ).toBe("{}");
  });
});

test.each([
  [httpRequest("GET", "/x"), false],
  [httpRequest("POST", "/x", { dryRun: true }), false],
  [httpRequest("POST", "/x", { dryRun: false }), true],
  [httpRequest("POST", "/x"), true],
])("%j may change something: %s", (request, expected) => {
  expect(mayChange(request)).toBe(expected);
});

test("httpRequest escapes U+FFFD, which the API accepts in no other form", () => {
  expect(httpRequest("POST", "/x", { why: "\ufffd" }).body).toBe('{"why":"\\ufffd"}');
});
