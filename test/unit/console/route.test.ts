import fc from "fast-check";
import { expect, it } from "vitest";
import { FILTERS, hrefTo, PLACES, parseRoute, type Route } from "../../../lib/operator/console/web/route.ts";
import { LIVE_FILTERS } from "../../../lib/operator/observe/view-types.ts";

const name = fc.string({ minLength: 1, unit: "grapheme" });
const filter = fc.dictionary(fc.constantFrom(...FILTERS), name, { noNullPrototype: true });
const liveFilter = fc.dictionary(fc.constantFrom(...LIVE_FILTERS), name, { noNullPrototype: true });
const anywhere: fc.Arbitrary<Exclude<Route, { kind: "not-found" }>> = fc.oneof(
  fc
    .constantFrom<"overview" | "orders" | "functions" | "mailbox" | "faults">(
      "overview",
      "orders",
      "functions",
      "mailbox",
      "faults",
    )
    .map((kind) => ({
      kind,
    })),
  name.map((queue) => ({ kind: "queue" as const, queue })),
  liveFilter.map((each) => ({ kind: "live" as const, filter: each })),
  fc.constant({ kind: "events" as const }),
  name.map((type) => ({ kind: "events" as const, type })),
  filter.map((each) => ({ kind: "groups" as const, filter: each })),
  filter.map((each) => ({ kind: "messages" as const, filter: each })),
  fc
    .record({ requestId: name, source: fc.string(), at: fc.string() })
    .map((each) => ({ kind: "log" as const, ...each })),
  fc
    .record({
      filter,
      place: fc.dictionary(fc.constantFrom(...PLACES), name, { minKeys: 1, noNullPrototype: true }),
    })
    .map((each) => ({ kind: "messages" as const, ...each })),
  name.map((failedKey) => ({ kind: "message" as const, failedKey })),
  name.map((jobId) => ({ kind: "job" as const, jobId })),
  name.map((orderId) => ({ kind: "order" as const, orderId })),
);

it("a route with any names equals the route of its address", () => {
  fc.assert(
    fc.property(anywhere, (route) => {
      expect(parseRoute(hrefTo(route))).toEqual(route);
    }),
  );
});

it("any address parses to a route", () => {
  fc.assert(
    fc.property(fc.string(), (hash) => {
      expect(parseRoute(`#/${hash}`).kind).toBeTypeOf("string");
    }),
  );
});

it.each([
  ["", "overview"],
  ["#/", "overview"],
  ["#/failed/message", "not-found"],
  ["#/failed/message/%E0%A4%A", "message"],
  ["#/elsewhere", "not-found"],
])("%s parses to %s", (hash, kind) => {
  expect(parseRoute(hash).kind).toBe(kind);
});
