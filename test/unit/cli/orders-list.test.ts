import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const found = (orderId: string, currency = "EUR") => ({
  orderId,
  status: "CONFIRMED",
  customerId: "ada",
  amount: { currency, minorUnits: 900 },
  createdAt: "2026-01-31T12:00:00.000Z",
});

test("orders list prints the orders with amounts in their own decimals, and the cost of the search", async () => {
  const items = [found("A"), found("B", "JPY")];
  api.answers["GET /orders?customerId=ada&limit=50"] = [
    { items, foundBy: "scan", readUnits: 12.5, cursor: "B" },
  ];

  const { code, text, errors } = await api.run("orders", "list", "--customer", "ada");

  expect(text).toMatch(
    /^ORDER +STATUS +CUSTOMER +AMOUNT +PLACED\nA +CONFIRMED +ada +9\.00 EUR .*\nB .* 900 JPY /,
  );
  expect(errors).toContain(
    "found 2 by reading the table, 13 read units; not sorted by time; there may be more:  --cursor 'B'",
  );
  expect(code).toBe(0);
});

test("orders list reads further pages only where it is asked to", async () => {
  const page = (cursor?: string) => ({
    items: [],
    foundBy: "scan",
    readUnits: 1_000,
    ...(cursor && { cursor }),
  });
  api.answers["GET /orders?limit=50"] = [page("A")];
  api.answers["GET /orders?limit=50&cursor=A"] = [page("B")];
  api.answers["GET /orders?limit=50&cursor=B"] = [page()];

  const one = await api.run("orders", "list");
  const all = await api.run("orders", "list", "--pages", "9", "--json");

  expect(one.text).toBe("no orders found\n");
  expect(JSON.parse(all.text)).toEqual({ items: [], readUnits: 3_000 });
  expect(api.asked).toHaveLength(4);
});

test("orders list continues behind a cursor, with every filter", async () => {
  const query = "status=PENDING&from=2026-01-31T12%3A00%3A00Z&to=2026-02-01T00%3A00%3A00Z&limit=1&cursor=0~x";
  api.answers[`GET /orders?${query.replace("~", "%7E")}`] = [
    { items: [found("A")], foundBy: "pending-index", readUnits: 1.5 },
  ];

  const { errors } = await api.run(
    ...["orders", "list", "--status", "PENDING", "--from", "2026-01-31T12:00:00Z"],
    ...["--to", "2026-02-01T00:00:00Z", "--limit", "1", "--cursor", "0~x"],
  );

  expect(errors).toContain("found 1 by the pending-index, 2 read units\n");
});

test.each([
  [["--status", "LOST"], "--status must be one of PENDING"],
  [["--from", "yesterday"], "--from must be a time"],
  [["--limit", "0"], "--limit must be a whole number"],
  [["--pages", "x"], "--pages must be a whole number"],
  [["--customer", " "], "--customer must be"],
  [["A"], "takes flags only"],
])("orders list %j is invalid usage", async (args, message) => {
  const { code, errors } = await api.run("orders", "list", ...args);

  expect(code).toBe(3);
  expect(errors).toContain(message);
  expect(api.asked).toEqual([]);
});

test("orders list refuses a --from that is later than --to", async () => {
  const { code, errors } = await api.run(
    ...["orders", "list", "--from", "2026-02-01T00:00:00Z", "--to", "2026-01-01T00:00:00Z"],
  );

  expect(code).toBe(3);
  expect(errors).toContain("--from must not be later than --to");
  expect(api.asked).toEqual([]);
});
