import { AssemblyError, isRecord, listAt, numberAt, recordAt, stringAt } from "./template-values.ts";

/** The values that the functions of one template resolve to. */
export interface Scope {
  /** Names the stack in errors. */
  readonly stack: string;
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
  /** An output of a stack, exported or not. */
  stackOutput(stack: string, output: string): unknown;
  /** A value of the section Mappings. */
  mapped(map: string, key: string, second: string): unknown;
  condition(name: string): boolean;
}

/** `AWS::NoValue`: the property is left out. */
const NO_VALUE = Symbol("AWS::NoValue");

/**
 * A template value with its intrinsic functions replaced.
 * Throws AssemblyError for an unknown function: a wrong guess would start a wrong emulator. `unresolved`, where given,
 * stands for such a value instead.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolve(value: unknown, scope: Scope, unresolved?: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolve(item, scope, unresolved)).filter((item) => item !== NO_VALUE);
  if (!isRecord(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && (name === "Ref" || name.startsWith("Fn::"))) {
    try {
      return call(name, value[name], scope);
    } catch (error) {
      if (unresolved === undefined || !(error instanceof AssemblyError)) throw error;
      return unresolved;
    }
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, resolve(item, scope, unresolved)] as const)
      .filter(([, item]) => item !== NO_VALUE),
  );
}

/** A condition of the template: Fn::Equals, Fn::Not, Fn::And, Fn::Or or another condition's name. */
export function evaluate(value: unknown, scope: Scope): boolean {
  const [name, argument] = Object.entries(recordAt(value, `${scope.stack}: a condition`))[0] ?? [];
  const all = () => listAt(argument, `${scope.stack}: ${name}`);
  switch (name) {
    case "Fn::Equals": {
      const [left, right] = all().map((item) => resolve(item, scope));
      return left === right;
    }
    case "Fn::Not":
      return !evaluate(all()[0], scope);
    case "Fn::And":
      return all().every((item) => evaluate(item, scope));
    case "Fn::Or":
      return all().some((item) => evaluate(item, scope));
    case "Condition":
      return scope.condition(stringAt(argument, `${scope.stack}: Condition`));
    default:
      throw new AssemblyError(
        `${scope.stack}: the condition function ${name} is not supported by the local emulator`,
      );
  }
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  const where = `${scope.stack}: ${name}`;
  const list = () => listAt(resolve(argument, scope), where);
  switch (name) {
    case "Ref":
      return argument === "AWS::NoValue" ? NO_VALUE : scope.ref(stringAt(argument, where));
    case "Fn::GetAtt": {
      const [logicalId, attribute] = typeof argument === "string" ? split(argument) : listAt(argument, where);
      return scope.attribute(stringAt(logicalId, where), stringAt(resolve(attribute, scope), where));
    }
    case "Fn::ImportValue":
      return scope.importValue(stringAt(resolve(argument, scope), where));
    case "Fn::GetStackOutput": {
      const { StackName: stack, OutputName: output } = recordAt(resolve(argument, scope), where);
      return scope.stackOutput(stringAt(stack, where), stringAt(output, where));
    }
    case "Fn::FindInMap": {
      const [map, key, second] = list();
      return scope.mapped(stringAt(map, where), stringAt(key, where), stringAt(second, where));
    }
    case "Fn::GetAZs":
      return ["a", "b", "c"].map((zone) => `${scope.ref("AWS::Region")}${zone}`);
    case "Fn::Join": {
      const [separator, parts] = list();
      return listAt(parts, where).map(String).join(stringAt(separator, where));
    }
    case "Fn::Select": {
      const [index, items] = list();
      return listAt(items, where)[numberAt(index, where)];
    }
    case "Fn::Split": {
      const [separator, text] = list();
      return stringAt(text, where).split(stringAt(separator, where));
    }
    case "Fn::Sub":
      return substitute(argument, scope, where);
    case "Fn::If": {
      const [condition, yes, no] = listAt(argument, where);
      return resolve(scope.condition(stringAt(condition, where)) ? yes : no, scope);
    }
    case "Fn::Base64":
      return Buffer.from(stringAt(resolve(argument, scope), where)).toString("base64");
    default:
      throw new AssemblyError(`${where} is not supported by the local emulator`);
  }
}

function substitute(argument: unknown, scope: Scope, where: string): string {
  const [text, extra] = typeof argument === "string" ? [argument, {}] : listAt(argument, where);
  const variables = recordAt(resolve(extra ?? {}, scope), where);
  return stringAt(text, where).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal === "!") return `\${${name}}`;
    const key = name.trim();
    if (Object.hasOwn(variables, key)) return String(variables[key]);
    const [logicalId, attribute] = split(key);
    return String(attribute === undefined ? scope.ref(key) : scope.attribute(logicalId, attribute));
  });
}

function split(name: string): [string, string | undefined] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}
