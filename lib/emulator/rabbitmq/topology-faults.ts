import { applyTopology } from "../../rabbitmq-topology/apply-topology.ts";
import type { Management } from "../../rabbitmq-topology/management-api.ts";
import { policyOf } from "../../rabbitmq-topology/topology-plan.ts";
import type { RabbitTopology } from "../../settings/rabbitmq-topology.ts";
import type { Faults } from "../faults/fault-switches.ts";
import { followBroker } from "../faults/follow-broker.ts";

const LENGTH = "max-length";
/** The least that a quorum queue refuses more than. */
const FULL_LENGTH = 1;

/** The queues whose policies limit their length. */
export const limitedQueues = (topologies: readonly RabbitTopology[]): ReadonlySet<string> =>
  new Set(topologies.flatMap(({ policies }) => policies.filter(isLimited).map(({ queue }) => queue)));

const isLimited = ({ definition }: RabbitTopology["policies"][number]): boolean =>
  definition[LENGTH] !== undefined;

/** Changes policies while `rabbitmq-full` is on, and bindings while `rabbitmq-unbound` is; then applies the topology. */
export function followTopology({
  faults,
  management,
  topologies,
  log,
}: {
  readonly faults: Faults;
  readonly management: Management;
  readonly topologies: readonly RabbitTopology[];
  readonly log: (text: string) => void;
}): readonly { readonly stop: () => void }[] {
  const restart = async () => {
    for (const topology of topologies) await applyTopology(management, topology);
  };
  const fill = async () => {
    for (const { queue, definition } of topologies.flatMap(({ policies }) => policies.filter(isLimited)))
      await management.putPolicy(policyOf({ queue, definition: { ...definition, [LENGTH]: FULL_LENGTH } }));
  };
  const unbind = async () => {
    // A binding without a key is that of dead letters.
    for (const { exchange, queue, key } of topologies.flatMap(({ bindings }) => bindings))
      if (key !== "") await management.unbind(exchange, queue, key);
  };
  return [
    followBroker(faults, "rabbitmq-full", { kill: fill, restart }, log, [
      `the queues are full: they take ${FULL_LENGTH} message and are not read`,
      "the queues have their length again and are read",
    ]),
    followBroker(faults, "rabbitmq-unbound", { kill: unbind, restart }, log, [
      "no queue is bound to the exchange",
      "the queues are bound to the exchange again",
    ]),
  ];
}
