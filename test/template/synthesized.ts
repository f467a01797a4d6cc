import { Template } from "aws-cdk-lib/assertions";
import { emptyBundles } from "../../lib/constructs/bundle.ts";
import { addOrderEvents, newApp, type OrderEvents } from "../../lib/stacks/build-stacks.ts";

export type StackName = "data" | "messaging" | "service" | "monitoring" | "kafka" | "rabbitmq";
/** The stacks of every deployment. */
export const STACK_NAMES: readonly Exclude<StackName, "kafka" | "rabbitmq">[] = [
  "data",
  "messaging",
  "service",
  "monitoring",
];

/** A CloudFormation value: text, or an intrinsic function. */
export type Value = unknown;
export interface Resource {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types; a wrong path fails the assertion.
  readonly properties: any;
  readonly deletionPolicy: string | undefined;
  readonly dependsOn: readonly string[];
}

export interface Synthesized {
  readonly orderEvents: OrderEvents;
  resources(stack: StackName, type?: string): readonly Resource[];
  outputs(
    stack: StackName,
  ): Readonly<Record<string, { readonly Value: Value; readonly Export?: { Name: string } }>>;
}

/** Shared by the files of one worker, because templates do not change after their synth. */
const made = new Map<string, Synthesized>();

/** The stacks as templates, with empty bundles. Each context is synthesized once. */
export function synthesized(context: Readonly<Record<string, unknown>> = {}): Synthesized {
  const key = JSON.stringify(context);
  const known = made.get(key) ?? synthesize(context);
  made.set(key, known);
  return known;
}

function synthesize(context: Readonly<Record<string, unknown>>): Synthesized {
  const orderEvents = addOrderEvents(newApp({ context }), emptyBundles());
  const templates = Object.fromEntries(
    [...STACK_NAMES, "kafka" as const, "rabbitmq" as const].flatMap((name) => {
      const stack = orderEvents[name];
      return stack ? [[name, Template.fromStack(stack).toJSON()]] : [];
    }),
  );
  return {
    orderEvents,
    resources: (stack, type) =>
      Object.entries(templates[stack]?.["Resources"] ?? {})
        .map(([id, resource]) => {
          const { Type, Properties, DeletionPolicy, DependsOn } = resource as Record<
            string,
            string | undefined
          >;
          return {
            id,
            type: String(Type),
            properties: Properties ?? {},
            deletionPolicy: DeletionPolicy,
            dependsOn: [DependsOn ?? []].flat(),
          };
        })
        .filter((each) => type === undefined || each.type === type),
    outputs: (stack) => templates[stack]?.["Outputs"] ?? {},
  };
}

/** The queues by their physical names without the deployment's prefix. */
export function queuesByName(stacks: Synthesized): ReadonlyMap<string, Resource> {
  const queues = stacks.resources("messaging", "AWS::SQS::Queue");
  return new Map(queues.map((queue) => [shortName(queue.properties.QueueName), queue]));
}

/** A name without service and stage, and without the region at the end of the names of policies. */
// biome-ignore lint/suspicious/noExplicitAny: a name of a template, or a join with the region behind it.
export function shortName(physicalName: any): string {
  const name: string =
    typeof physicalName === "string" ? physicalName : physicalName["Fn::Join"][1][0].replace(/-$/, "");
  return name.replace(/^order-events-[a-z]+-/, "");
}

/** Every statement of a policy document, its actions and resources as lists. */
export function statements(document: { Statement: readonly Record<string, Value>[] }) {
  return document.Statement.map((statement) => ({
    ...statement,
    effect: statement["Effect"],
    actions: [statement["Action"]].flat() as readonly string[],
    resources: [statement["Resource"]].flat(),
    conditions: (statement["Condition"] ?? {}) as Record<string, Record<string, Value>>,
  }));
}

/** The logical id or export that an intrinsic function names. */
export function target(value: Value): string {
  return JSON.stringify(value) ?? "";
}
