import { setTimeout as sleep } from "node:timers/promises";
import type { RabbitTopology } from "../settings/rabbitmq-topology.ts";
import { type Management, ManagementError } from "./management-api.ts";
import {
  describeTopologyStep,
  type FoundTopology,
  planTopology,
  type TopologyStep,
} from "./topology-plan.ts";

/** A policy is applied to its queues after the broker has answered. */
const APPLIED_MS = 10_000;
const LOOK_MS = 250;

export async function findTopology(management: Management): Promise<FoundTopology> {
  const [exchanges, queues, bindings, policies] = await Promise.all([
    management.exchanges(),
    management.queues(),
    management.bindings(),
    management.policies(),
  ]);
  return { exchanges, queues, bindings, policies };
}

/**
 * Brings a vhost to the topology and reads it back. Rejects with ManagementError where something differs that cannot be
 * changed, before anything is changed, and where the broker holds something else afterwards.
 */
export async function applyTopology(
  management: Management,
  wanted: RabbitTopology,
  onStep: (step: TopologyStep) => void = () => {},
): Promise<readonly TopologyStep[]> {
  const steps = planTopology(wanted, await findTopology(management));
  refuseConflicts(steps);
  for (const step of steps) {
    await make(management, step);
    onStep(step);
  }
  await requireTopology(management, wanted);
  return steps;
}

export function refuseConflicts(steps: readonly TopologyStep[]): void {
  const conflicts = steps.filter(({ kind }) => kind === "conflict");
  if (conflicts.length === 0) return;
  const lines = conflicts.map((step) => `  ${describeTopologyStep(step, false)}`).join("\n");
  throw new ManagementError(
    `The broker holds what cannot be changed:\n${lines}\nMove the messages away, delete it, and run this again.`,
  );
}

async function make(management: Management, step: TopologyStep): Promise<void> {
  switch (step.kind) {
    case "create exchange":
      return management.putExchange(step.name, step.type);
    case "create queue":
      return management.putQuorumQueue(step.name);
    case "bind":
      return management.bind(step.exchange, step.queue, step.key);
    case "set policy":
      return management.putPolicy(step.policy);
    case "conflict":
  }
}

/** The broker answers 204 to much that it does not do, so what counts is what it holds. */
async function requireTopology(management: Management, wanted: RabbitTopology): Promise<void> {
  const until = Date.now() + APPLIED_MS;
  for (;;) {
    const differences = differencesOf(wanted, await findTopology(management));
    if (differences.length === 0) return;
    if (Date.now() > until)
      throw new ManagementError(
        `The broker holds something else than was applied:\n  ${differences.join("\n  ")}`,
      );
    await sleep(LOOK_MS);
  }
}

/** What differs, one sentence each, the policies that apply to the queues included. */
function differencesOf(wanted: RabbitTopology, found: FoundTopology): readonly string[] {
  const steps = planTopology(wanted, found).map((step) => describeTopologyStep(step, false));
  const policies = wanted.policies.flatMap(({ queue }) => {
    const there = found.queues.find(({ name }) => name === queue);
    if (there === undefined || there.policy === queue) return [];
    return [`${queue}: the policy ${there.policy ?? "(none)"} applies, not its own`];
  });
  return [...steps, ...policies];
}
