import { isDeepStrictEqual } from "node:util";
import type { RabbitBinding, RabbitPolicy, RabbitTopology } from "../settings/rabbitmq-topology.ts";
import type { ListedPolicy, ListedQueue, Management } from "./management-api.ts";

/** What a vhost holds. */
export interface FoundTopology {
  readonly exchanges: Awaited<ReturnType<Management["exchanges"]>>;
  readonly queues: readonly ListedQueue[];
  readonly bindings: Awaited<ReturnType<Management["bindings"]>>;
  readonly policies: readonly ListedPolicy[];
}

/** A change of the vhost, or a difference that no change can remove (`conflict`). */
export type TopologyStep =
  | { readonly kind: "create exchange"; readonly name: string; readonly type: string }
  | { readonly kind: "create queue"; readonly name: string }
  | ({ readonly kind: "bind" } & RabbitBinding)
  | {
      readonly kind: "set policy";
      readonly policy: ListedPolicy;
      /** `undefined` where there was none. */
      readonly from: ListedPolicy["definition"] | undefined;
    }
  | { readonly kind: "conflict"; readonly name: string; readonly why: string };

/** Among policies that match a queue the highest priority applies: ours has to. */
const PRIORITY = 100;

export function policyOf({ queue, definition }: RabbitPolicy): ListedPolicy {
  const pattern = `^${queue.replaceAll(".", "\\.")}$`;
  return { name: queue, pattern, "apply-to": "queues", priority: PRIORITY, definition };
}

/**
 * The steps from a vhost to the wanted topology, in their order: policies come before the queues that they apply to.
 * Pure. Nothing is deleted, and what the topology does not name is not touched.
 */
export function planTopology(wanted: RabbitTopology, found: FoundTopology): readonly TopologyStep[] {
  return [
    ...wanted.policies.map(policyOf).flatMap((policy) => policySteps(policy, found)),
    ...wanted.exchanges.flatMap(({ name, type }): readonly TopologyStep[] => {
      const there = found.exchanges.find((each) => each.name === name);
      if (there === undefined) return [{ kind: "create exchange", name, type }];
      if (there.type === type && there.durable) return [];
      const is = `${there.durable ? "durable" : "transient"} ${there.type}`;
      return [{ kind: "conflict", name, why: `the exchange is ${is}, not durable ${type}` }];
    }),
    ...wanted.queues.flatMap((name) => queueSteps(name, found)),
    ...wanted.bindings
      .filter(
        ({ exchange, queue, key }) =>
          !found.bindings.some(
            (each) => each.source === exchange && each.destination === queue && each.routing_key === key,
          ),
      )
      .map((binding): TopologyStep => ({ kind: "bind", ...binding })),
  ];
}

function policySteps(policy: ListedPolicy, { policies }: FoundTopology): readonly TopologyStep[] {
  const there = policies.find(({ name }) => name === policy.name);
  const { name, pattern, priority, definition } = policy;
  const isSame =
    there !== undefined &&
    isDeepStrictEqual(
      [there.pattern, there.priority, there["apply-to"], there.definition],
      [pattern, priority, policy["apply-to"], definition],
    );
  const stronger = policies.filter(
    (each) => each.name !== name && each.priority >= priority && matches(each.pattern, name),
  );
  return [
    ...(isSame ? [] : [{ kind: "set policy", policy, from: there?.definition } as const]),
    ...stronger.map(
      (each): TopologyStep => ({
        kind: "conflict",
        name,
        why: `the policy ${each.name} has the priority ${each.priority}, above ${priority}, and matches the queue`,
      }),
    ),
  ];
}

/** A broker accepts a pattern that this language may not: it is then taken for a match, which an operator looks at. */
function matches(pattern: string, queue: string): boolean {
  try {
    return new RegExp(pattern).test(queue);
  } catch {
    return true;
  }
}

/** Arguments are for the life of a queue, and the broker takes a declaration with others without a word or refuses it. */
function queueSteps(name: string, { queues }: FoundTopology): readonly TopologyStep[] {
  const there = queues.find((each) => each.name === name);
  if (there === undefined) return [{ kind: "create queue", name }];
  const { "x-queue-type": type = there.type, ...others } = there.arguments;
  if (type !== "quorum")
    return [{ kind: "conflict", name, why: `it is a ${String(type)} queue, not a quorum queue` }];
  const names = Object.keys(others).filter((each) => each !== "x-queue-leader-locator");
  if (names.length === 0) return [];
  return [{ kind: "conflict", name, why: `it has arguments of its own: ${names.join(", ")}` }];
}

/** A step as a sentence. `done`: it was made. */
export function describeTopologyStep(step: TopologyStep, done: boolean): string {
  const verb = (past: string, would: string) => (done ? past : `would ${would}`);
  switch (step.kind) {
    case "create exchange":
      return `${step.name}: ${verb("created", "create")} the ${step.type} exchange`;
    case "create queue":
      return `${step.name}: ${verb("created", "create")} the quorum queue`;
    case "bind":
      return `${step.queue}: ${verb("bound", "bind")} to ${step.exchange}${step.key === "" ? "" : ` with the key ${step.key}`}`;
    case "set policy":
      return `${step.policy.name}: ${verb("set", "set")} its policy: ${changesOf(step.policy.definition, step.from)}`;
    case "conflict":
      return `${step.name}: left as it is, because ${step.why}`;
  }
}

function changesOf(to: ListedPolicy["definition"], from: ListedPolicy["definition"] | undefined): string {
  const names = [...new Set([...Object.keys(to), ...Object.keys(from ?? {})])].sort();
  const changed = names.filter((name) => to[name] !== from?.[name]);
  if (changed.length === 0) return "pattern or priority";
  const value = (each: unknown) => (each === undefined ? "nothing" : JSON.stringify(each));
  return changed
    .map((name) => `${name} ${from === undefined ? "" : `${value(from[name])} → `}${value(to[name])}`)
    .join(", ");
}
