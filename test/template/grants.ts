import { type Resource, type StackName, type Synthesized, shortName, statements } from "./synthesized.ts";

/** A function of a stack by its short name. */
export function functionNamed(stacks: Synthesized, stack: StackName, name: string): Resource {
  const found = stacks
    .resources(stack, "AWS::Lambda::Function")
    .find(({ properties }) => shortName(properties.FunctionName) === name);
  if (!found) throw new Error(`There is no function ${name} in ${stack}`);
  return found;
}

/** A function's permissions without its own logs: each action with its ARNs. */
export function granted(
  stacks: Synthesized,
  stack: StackName,
  name: string,
): Readonly<Record<string, readonly string[]>> {
  const role = functionNamed(stacks, stack, name).properties.Role["Fn::GetAtt"][0];
  const rights: Record<string, string[]> = {};
  for (const { properties } of stacks.resources(stack, "AWS::IAM::Policy")) {
    if (!properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role)) continue;
    for (const { actions, resources } of statements(properties.PolicyDocument))
      for (const action of actions.filter((each) => !each.startsWith("logs:")))
        rights[action] = [...(rights[action] ?? []), ...resources.map(flat)].sort();
  }
  return rights;
}

/** An ARN as one text, with logical names for values unknown before deployment, without CDK's digests. */
export function flat(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const [[intrinsic, argument] = ["", ""]] = Object.entries(value);
  if (intrinsic === "Fn::Join" && Array.isArray(argument)) return argument[1].map(flat).join(argument[0]);
  if (intrinsic === "Fn::Select" && Array.isArray(argument)) {
    const [index, { "Fn::Split": split = [] } = {}] = argument;
    return `${flat(split[1])}[${index}]`;
  }
  if (intrinsic === "Fn::ImportValue")
    return flat(/(?:GetAtt|Ref)(.+)$/.exec(String(argument))?.[1] ?? argument);
  if (intrinsic === "Fn::GetAtt" && Array.isArray(argument)) return flat(argument[0]);
  if (intrinsic === "Ref") return flat(argument);
  return JSON.stringify(value);
}

/** `Orders` for `OrdersA9B65338StreamArn3882BD9F`. */
export function withoutDigest(text: string): string {
  return text.replaceAll(/[0-9A-F]{8}/g, "");
}
