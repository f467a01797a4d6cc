import { type Resource, shortName, statements, synthesized, target, type Value } from "./synthesized.ts";

/** With a sender of mails. */
export const stacks = synthesized({ mailSender: "orders@shop.example" });
/** By name. */
export const functions = new Map(
  stacks
    .resources("service", "AWS::Lambda::Function")
    .map((each) => [shortName(each.properties.FunctionName), each]),
);

export function functionOf(name: string): Resource {
  const found = functions.get(name);
  if (!found) throw new Error(`There is no function ${name}`);
  return found;
}

export function environmentOf(name: string): Readonly<Record<string, Value>> {
  return functionOf(name).properties.Environment.Variables;
}

/** A function's permissions without its own logs: action → resources, by the logical names in the ARNs. */
export function permissionsOf(name: string): Readonly<Record<string, readonly string[]>> {
  const role = functionOf(name).properties.Role["Fn::GetAtt"][0];
  const policies = stacks
    .resources("service", "AWS::IAM::Policy")
    .filter(({ properties }) => properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role));
  const rights: Record<string, string[]> = {};
  for (const { properties } of policies)
    for (const { actions, resources } of statements(properties.PolicyDocument))
      for (const action of actions.filter((each) => !each.startsWith("logs:")))
        rights[action] = [...(rights[action] ?? []), ...resources.map(short)].sort();
  return rights;
}

/** The start of the logical ids of a construct. */
export function logicalId(...names: readonly string[]): string {
  return names.join("").replaceAll("-", "");
}

/** `Orders` for the ARN of the orders table, `Orders/index/listing` for one of its indexes. */
export function short(resource: Value): string {
  const text = target(resource);
  const imported = /(?:GetAtt|Ref)([A-Za-z0-9]+?)[0-9A-F]{8}(StreamArn)?/.exec(text);
  const suffix = /"(\/[^"]*)"\]/.exec(text)?.[1] ?? "";
  if (imported) return `${imported[1]}${imported[2] ? "/stream" : ""}${suffix}`;
  return /:((?:identity|configuration-set)\/[^"]+|event-source-mapping:\*)"/.exec(text)?.[1] ?? text;
}
