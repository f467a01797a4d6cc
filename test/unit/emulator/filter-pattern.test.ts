import { describe, expect, test } from "vitest";
import { compileFilters } from "../../../lib/emulator/assembly/filter-pattern.ts";

const record = {
  eventName: "MODIFY",
  dynamodb: { NewImage: { status: { S: "CONFIRMED" }, tags: ["a", "b"] }, SizeBytes: 48 },
};
const passes = (...patterns: unknown[]) =>
  compileFilters(patterns.map((each) => JSON.stringify(each)))(record);

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
describe("a filter", () => {
  test("that is absent matches everything", () => {
    expect(passes()).toBe(true);
  });

  test.each([
    ["an equal string", { eventName: ["INSERT", "MODIFY"] }, true],
    ["another string", { eventName: ["REMOVE"] }, false],
    ["an equal string in a nested field", { dynamodb: { NewImage: { status: { S: ["CONFIRMED"] } } } }, true],
    ["two fields, one of which differs", { eventName: ["MODIFY"], dynamodb: { SizeBytes: [49] } }, false],
    ["a value of a list", { dynamodb: { NewImage: { tags: ["b"] } } }, true],
    ["a field that is absent", { eventSource: ["aws:dynamodb"] }, false],
    ["a path that is absent", { dynamodb: { OldImage: { status: { S: ["PENDING"] } } } }, false],
    ["a prefix", { eventName: [{ prefix: "MOD" }] }, true],
    ["a suffix", { eventName: [{ suffix: "MOD" }] }, false],
    ["anything but", { eventName: [{ "anything-but": ["INSERT"] }] }, true],
    ["anything but its own value", { eventName: [{ "anything-but": "MODIFY" }] }, false],
    ["anything but, of an absent field", { nothing: [{ "anything-but": ["x"] }] }, false],
    ["a text of another case", { eventName: [{ "equals-ignore-case": "modify" }] }, true],
    ["another text, ignoring case", { eventName: [{ "equals-ignore-case": "insert" }] }, false],
    ["an existing field", { dynamodb: { SizeBytes: [{ exists: true }] } }, true],
    ["an absent field", { dynamodb: { OldImage: [{ exists: false }] } }, true],
    ["a leaf where there is an object", { dynamodb: [{ exists: true }] }, false],
    ["a number in a range", { dynamodb: { SizeBytes: [{ numeric: [">", 10, "<=", 48] }] } }, true],
    ["a number out of range", { dynamodb: { SizeBytes: [{ numeric: ["=", 47] }] } }, false],
    ["one of two with $or", { $or: [{ eventName: ["REMOVE"] }, { dynamodb: { SizeBytes: [48] } }] }, true],
    ["an impossible value, which disables a mapping", { eventName: ["NOTHING"] }, false],
  ])("on %s", (_name, pattern, expected) => {
    expect(passes(pattern)).toBe(expected);
  });

  test("of several patterns passes where one of them does", () => {
    expect(passes({ eventName: ["REMOVE"] }, { eventName: ["MODIFY"] })).toBe(true);
  });

  test.each([
    ["wildcard", { eventName: [{ wildcard: "M*" }] }],
    ["equals-ignore-case", { eventName: [{ "equals-ignore-case": ["modify"] }] }],
    ["numeric ~", { dynamodb: { SizeBytes: [{ numeric: ["~", 4] }] } }],
    ["$or", { $or: { eventName: ["MODIFY"] } }],
    ['"x"', { eventName: "x" }],
  ])("with an unknown comparison (%s) is refused by name", (name, pattern) => {
    expect(() => passes(pattern)).toThrow(name);
  });
});
