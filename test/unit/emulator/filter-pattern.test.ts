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
    ["an equal string, deep down", { dynamodb: { NewImage: { status: { S: ["CONFIRMED"] } } } }, true],
    ["two fields, one of which differs", { eventName: ["MODIFY"], dynamodb: { SizeBytes: [49] } }, false],
    ["a value of a list", { dynamodb: { NewImage: { tags: ["b"] } } }, true],
    ["a field that is absent", { eventSource: ["aws:dynamodb"] }, false],
    ["a path that is absent", { dynamodb: { OldImage: { status: { S: ["PENDING"] } } } }, false],
    ["a prefix", { eventName: [{ prefix: "MOD" }] }, true],
    ["a suffix", { eventName: [{ suffix: "MOD" }] }, false],
    ["anything but", { eventName: [{ "anything-but": ["INSERT"] }] }, true],
    ["anything but what it is", { eventName: [{ "anything-but": "MODIFY" }] }, false],
    ["anything but, of an absent field", { nothing: [{ "anything-but": ["x"] }] }, false],
    ["a text of another case", { eventName: [{ "equals-ignore-case": "modify" }] }, true],
    ["another text, whatever its case", { eventName: [{ "equals-ignore-case": "insert" }] }, false],
    ["that it exists", { dynamodb: { SizeBytes: [{ exists: true }] } }, true],
    ["that it does not exist", { dynamodb: { OldImage: [{ exists: false }] } }, true],
    ["a leaf where there is an object", { dynamodb: [{ exists: true }] }, false],
    ["a number in a range", { dynamodb: { SizeBytes: [{ numeric: [">", 10, "<=", 48] }] } }, true],
    ["a number out of range", { dynamodb: { SizeBytes: [{ numeric: ["=", 47] }] } }, false],
    ["one of two with $or", { $or: [{ eventName: ["REMOVE"] }, { dynamodb: { SizeBytes: [48] } }] }, true],
    ["a value that cannot be, to switch a mapping off", { eventName: ["NOTHING"] }, false],
  ])("on %s", (_name, pattern, expected) => {
    expect(passes(pattern)).toBe(expected);
  });

  test("of several patterns passes when one of them does", () => {
    expect(passes({ eventName: ["REMOVE"] }, { eventName: ["MODIFY"] })).toBe(true);
  });

  test.each([
    ["wildcard", { eventName: [{ wildcard: "M*" }] }],
    ["equals-ignore-case", { eventName: [{ "equals-ignore-case": ["modify"] }] }],
    ["numeric ~", { dynamodb: { SizeBytes: [{ numeric: ["~", 4] }] } }],
    ["$or", { $or: { eventName: ["MODIFY"] } }],
    ['"x"', { eventName: "x" }],
  ])("with what is not known here (%s) is refused by its name", (name, pattern) => {
    expect(() => passes(pattern)).toThrow(name);
  });
});
