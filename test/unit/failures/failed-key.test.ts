import { describe, expect, test } from "vitest";
import { failedKeyOf, secondVersionKey } from "../../../functions/failures/domain/failed-message.ts";
import { sha256 } from "../../../functions/middleware/sha256.ts";
import { facts } from "../../fixtures/failed-rows.ts";

const message = { ...facts(), failedKey: failedKeyOf(facts()) };

test.each(["a:1:order.created", "x".repeat(128)])("the event id %s names the row", (eventId) => {
  expect(failedKeyOf(facts({ eventId }))).toBe(`order-created~${eventId}`);
});

test.each(["", "a b", "x".repeat(129), "a/b", "ü"])("the event id %o does not, but the body", (eventId) => {
  expect(failedKeyOf(facts({ eventId, body: "b" }))).toBe(`order-created~${sha256("b")}`);
});

describe("the key of a failed message", () => {
  test.each([
    ["the attribute of a redrive", { attributes: { failedKey: "order-created~x" } }, "order-created~x"],
    ["the event id", {}, message.failedKey],
    [
      "the hash where the id is too long",
      { eventId: "x".repeat(129) },
      `order-created~${sha256(message.body)}`,
    ],
    [
      "the hash where the id has other characters",
      { eventId: "a/b" },
      `order-created~${sha256(message.body)}`,
    ],
    [
      "the id where the attribute has other characters",
      { attributes: { failedKey: "../x" } },
      message.failedKey,
    ],
    [
      "the id where the attribute is too long",
      { attributes: { failedKey: "x".repeat(257) } },
      message.failedKey,
    ],
    ["the id where the attribute is empty", { attributes: { failedKey: "" } }, message.failedKey],
  ])("is %s", (_, changes, key) => {
    expect(failedKeyOf(facts(changes))).toBe(key);
  });

  test("is the hash of the body without a readable id", () => {
    const { eventId: _, ...unread } = facts({ body: "{" });

    expect(failedKeyOf(unread)).toBe(`order-created~${sha256("{")}`);
  });

  test("of another body with the same id is a second key", () => {
    expect(secondVersionKey("key", "body")).toBe(`key~${sha256("body").slice(0, 12)}`);
    expect(failedKeyOf(facts({ attributes: { failedKey: secondVersionKey(message.failedKey, "b") } }))).toBe(
      secondVersionKey(message.failedKey, "b"),
    );
  });
});
