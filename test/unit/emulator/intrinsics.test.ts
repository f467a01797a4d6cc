import { describe, expect, it } from "vitest";
import { evaluate, resolve, type Scope } from "../../../lib/emulator/assembly/intrinsics.ts";

const scope: Scope = {
  stack: "shop",
  ref: (name) => ({ "AWS::Region": "eu-central-1", Table: "orders", Off: "no" })[name] ?? `ref:${name}`,
  attribute: (id, attribute) => `${id}.${attribute}`,
  importValue: (name) => `imported ${name}`,
  condition: (name) => name === "Yes",
  stackOutput: (stack, output) => `${stack}.${output}`,
  mapped: (...keys) => keys.join("/"),
};

/** A placeholder of Fn::Sub. */
const variable = (name: string) => `$\{${name}}`;

describe("resolve", () => {
  it.each([
    ["a plain value", 5, 5],
    ["Ref", { Ref: "Table" }, "orders"],
    ["Fn::GetAtt as a list", { "Fn::GetAtt": ["Queue", "Arn"] }, "Queue.Arn"],
    ["Fn::GetAtt as text", { "Fn::GetAtt": "Queue.Arn" }, "Queue.Arn"],
    ["Fn::Join over nested functions", { "Fn::Join": ["-", ["a", { Ref: "Table" }]] }, "a-orders"],
    ["Fn::Select of Fn::Split", { "Fn::Select": ["1", { "Fn::Split": ["/", "a/b/c"] }] }, "b"],
    [
      "Fn::Sub with a reference",
      { "Fn::Sub": `${variable("AWS::Region")}/${variable("Queue.Arn")}` },
      "eu-central-1/Queue.Arn",
    ],
    [
      "Fn::Sub with variables of its own",
      { "Fn::Sub": [`${variable("X")}!`, { X: { Ref: "Table" } }] },
      "orders!",
    ],
    ["Fn::Sub with an escaped dollar", { "Fn::Sub": variable("!Literal") }, variable("Literal")],
    ["Fn::ImportValue", { "Fn::ImportValue": "data:Table" }, "imported data:Table"],
    [
      "Fn::GetStackOutput",
      { "Fn::GetStackOutput": { StackName: "data", OutputName: "Table" } },
      "data.Table",
    ],
    ["Fn::FindInMap", { "Fn::FindInMap": ["Map", { Ref: "Table" }, "x"] }, "Map/orders/x"],
    ["Fn::GetAZs", { "Fn::GetAZs": "" }, ["eu-central-1a", "eu-central-1b", "eu-central-1c"]],
    ["Fn::If, true", { "Fn::If": ["Yes", "a", "b"] }, "a"],
    ["Fn::If, false", { "Fn::If": ["No", "a", "b"] }, "b"],
    ["Fn::Base64", { "Fn::Base64": "hi" }, "aGk="],
    ["a function inside a list inside an object", { a: [{ b: { Ref: "Table" } }] }, { a: [{ b: "orders" }] }],
  ])("replaces %s", (_name, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it("omits AWS::NoValue in objects and in lists", () => {
    const none = { Ref: "AWS::NoValue" };

    expect(resolve({ kept: 1, gone: none, list: [none, 2] }, scope)).toEqual({ kept: 1, list: [2] });
  });

  it("keeps an object with two keys that resembles a function", () => {
    expect(resolve({ Ref: "Table", Other: 1 }, scope)).toEqual({ Ref: "Table", Other: 1 });
  });

  it("refuses an unknown function by name and stack", () => {
    expect(() => resolve({ "Fn::Transform": "x" }, scope)).toThrow("shop: Fn::Transform is not supported");
  });
});

describe("evaluate", () => {
  const equal = { "Fn::Equals": [{ Ref: "Off" }, "no"] };

  it.each([
    ["equal values", equal, true],
    ["Fn::Not", { "Fn::Not": [equal] }, false],
    ["Fn::And", { "Fn::And": [equal, { Condition: "No" }] }, false],
    ["Fn::Or", { "Fn::Or": [{ Condition: "No" }, { Condition: "Yes" }] }, true],
  ])("decides %s", (_name, condition, expected) => {
    expect(evaluate(condition, scope)).toBe(expected);
  });

  it("refuses an unknown condition function", () => {
    expect(() => evaluate({ "Fn::Contains": [] }, scope)).toThrow("Fn::Contains");
  });
});
