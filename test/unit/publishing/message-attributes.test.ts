import { expect, test } from "vitest";
import type { Attributes, AttributeValue } from "../../../functions/middleware/attributes.ts";
import {
  foreignAttributes,
  leftOut,
  leftOutText,
  RETRY_ROOM,
  redriveRoom,
  withoutRetryAttributes,
} from "../../../functions/publishing/domain/message-attributes.ts";

test("removes redrive attributes and keeps seven attributes with the type", () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a${i}`, "x"]));

  const kept = foreignAttributes({ ...many, dlqRetryCount: "1", redriveId: "r", failedKey: "k", type: "t" });

  expect(Object.keys(kept)).toEqual(["type", "a0", "a1", "a2", "a3", "a4", "a5"]);
});

test.each([
  ["an empty name", "", "x"],
  ["a name with a space", "a b", "x"],
  ["a name reserved by AWS", "AWS.trace", "x"],
  ["a name reserved by Amazon", "amazon.trace", "x"],
  ["a name that starts with a dot", ".a", "x"],
  ["a name that ends with a dot", "a.", "x"],
  ["a name with two dots", "a..b", "x"],
  ["a name that is too long", "a".repeat(257), "x"],
  ["an empty value", "a", ""],
  ["a value with a control character", "a", "x\u0000"],
  ["a value with a noncharacter", "a", "\uFFFF"],
])("%s, as in a header of Kafka, is omitted, because a queue refuses the message", (_, name, value) => {
  expect(foreignAttributes({ [name]: value, type: "order.created" })).toEqual({ type: "order.created" });
});

test.each([
  ["a.b-c_D1", "x"],
  ["a".repeat(256), "x"],
  ["aws", "x"],
  ["a", "tab\t, line\n, é, €, 😀"],
])("%s: %o is kept", (name, value) => {
  expect(foreignAttributes({ [name]: value })).toEqual({ [name]: value });
});

test.each<AttributeValue>([
  { type: "Number", value: "73314510714175488123" },
  { type: "String.json", value: '{"a":1}' },
  { type: "Binary", value: "AP8=" },
  { type: "Binary.png", value: "AP8=" },
])("K2: %o is sent unchanged", (value) => {
  expect(foreignAttributes({ a: value })).toEqual({ a: value });
});

test.each<AttributeValue>([
  { type: "Binary", value: "" },
  { type: "Number", value: "" },
  { type: "String.json", value: "\u0000" },
  { type: "Omitted", value: "5000 bytes" },
])("K2: %o is omitted, because a queue refuses the message", (value) => {
  expect(foreignAttributes({ a: value })).toEqual({});
  expect(leftOut({ a: value })).toEqual(["a"]);
});

const TEN: Attributes = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, "x"]));

test.each(["publish-to-rabbitmq", "order-events-rabbitmq"])(
  "a redrive to %s takes no bytes, because the client writes none as a header of RabbitMQ",
  (consumer) => {
    const attributes: Attributes = {
      text: "x",
      number: { type: "Number", value: "1" },
      bytes: { type: "Binary", value: "AP8=" },
    };

    const kept = foreignAttributes(attributes, redriveRoom(consumer));

    expect(Object.keys(kept)).toEqual(["text", "number"]);
    expect(leftOut(attributes, redriveRoom(consumer))).toEqual(["bytes"]);
  },
);

test("K2: omitted attributes are named: two of ten at a retry, three at a redrive", () => {
  expect(leftOut(TEN, RETRY_ROOM)).toEqual(["a8", "a9"]);
  expect(leftOut(TEN)).toEqual(["a7", "a8", "a9"]);
  expect(leftOut({ ...TEN, type: "t" })).toEqual(["a6", "a7", "a8", "a9"]);
  expect(leftOut({ dlqRetryCount: "1", redriveId: "r", failedKey: "k", "a b": "x" })).toEqual(["a b"]);
});

test("K2: without the redrive attributes every other one is kept", () => {
  expect(withoutRetryAttributes({ ...TEN, "a b": "", redriveId: "r" })).toEqual({ ...TEN, "a b": "" });
});

test("K2: the history names the first omitted attributes in one line", () => {
  const many = Array.from({ length: 12 }, (_, i) => `a${i}`.padEnd(30, "x"));

  expect(leftOutText([])).toBeUndefined();
  expect(leftOutText(["a\nb", "x".repeat(300)])).toBe(
    `sent without the attributes "a\\nb", "${"x".repeat(64)}": the queue does not take them`,
  );
  expect(leftOutText(many)).toMatch(/"a4x+" and 7 more: /);
  expect(leftOutText(["\u0000".repeat(300), "b"])).toMatch(/"[\\u0]+" and 1 more: /);
});
