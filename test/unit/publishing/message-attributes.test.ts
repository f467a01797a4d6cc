import { expect, test } from "vitest";
import { foreignAttributes } from "../../../functions/publishing/domain/message-attributes.ts";

test("removes redrive attributes and keeps seven attributes with the type", () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a${i}`, "x"]));

  const kept = foreignAttributes({ ...many, dlqRetryCount: "1", redriveId: "r", failedKey: "k", type: "t" });

  expect(Object.keys(kept)).toEqual(["type", "a0", "a1", "a2", "a3", "a4", "a5"]);
});

test.each([
  ["an empty name", "", "x"],
  ["a name with a space", "a b", "x"],
  ["a name that is AWS's", "AWS.trace", "x"],
  ["a name that is Amazon's", "amazon.trace", "x"],
  ["a name that begins with a dot", ".a", "x"],
  ["a name that ends with a dot", "a.", "x"],
  ["a name with two dots", "a..b", "x"],
  ["a name that is too long", "a".repeat(257), "x"],
  ["an empty value", "a", ""],
  ["a value with a control character", "a", "x\u0000"],
  ["a value with what is no character", "a", "\uFFFF"],
])(
  "%s, as a header of Kafka may have it, is left out: a queue would refuse the message",
  (_, name, value) => {
    expect(foreignAttributes({ [name]: value, type: "order.created" })).toEqual({ type: "order.created" });
  },
);

test.each([
  ["a.b-c_D1", "x"],
  ["a".repeat(256), "x"],
  ["aws", "x"],
  ["a", "tab\t, line\n, é, €, 😀"],
])("%s: %o stays", (name, value) => {
  expect(foreignAttributes({ [name]: value })).toEqual({ [name]: value });
});
