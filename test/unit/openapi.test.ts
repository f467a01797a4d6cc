import { expect, test } from "vitest";
import { ROUTES } from "../../functions/contract/api.ts";
import { requireDescribed } from "../fixtures/described-answer.ts";

test("every route describes its response by a schema, except the document itself", () => {
  const bare = ROUTES.filter(({ answer }) => answer === undefined).map(
    ({ method, path }) => `${method} ${path}`,
  );

  expect(bare).toEqual(["GET /openapi.json"]);
});

test("a response that is not described, or not as described, is found", () => {
  const stock = { sku: "tea", onHand: 1, held: 0, available: 1 };

  expect(() => requireDescribed("GET /stock/{sku}", 200, stock)).not.toThrow();
  expect(() => requireDescribed("GET /stock/{sku}", 200, { ...stock, held: "0" })).toThrow(
    "held must be integer",
  );
  expect(() => requireDescribed("GET /stock/{sku}", 418, stock)).toThrow("no response 418");
});
