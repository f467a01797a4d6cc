import { expect, test } from "vitest";
import { sha256 } from "../../../functions/domain/digest.ts";
import { failedKeyOf } from "../../../functions/domain/failed-message.ts";
import { facts } from "../../fixtures/failed-rows.ts";

test.each(["a:1:order.created", "x".repeat(128)])("the event id %s names the row", (eventId) => {
  expect(failedKeyOf(facts({ eventId }))).toBe(`order-created~${eventId}`);
});

test.each(["", "a b", "x".repeat(129), "a/b", "ü"])("the event id %o does not: the body does", (eventId) => {
  expect(failedKeyOf(facts({ eventId, body: "b" }))).toBe(`order-created~${sha256("b")}`);
});
