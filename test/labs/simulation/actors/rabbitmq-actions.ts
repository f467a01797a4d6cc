import { RABBITMQ_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import { deliver, isOptional, mayDeliver, type RabbitMapping } from "../cloud/rabbitmq-mapping.ts";
import { readerOf } from "../cloud/rabbitmq-queue.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import type { PossibleAction } from "./actors.ts";

/** Event source mappings, expiry, and what happens to the broker and its topology; nothing without RabbitMQ. */
export function rabbitActions(system: SimulatedSystem): readonly PossibleAction[] {
  const { rabbitmq: rabbit, functions, backbone, faultProfile, random } = system;
  if (rabbit === undefined || functions.rabbitmq === undefined) return [];
  const isFault = (rate: number) => rate > 0 && !system.areFaultsOver && random.chance(rate / 4);
  const handlers = {
    [RABBITMQ_CONSUMER]: functions.rabbitmq.orderEventsRabbit,
    "rabbitmq-dead-letters": functions.rabbitmq.rabbitDeadLetters,
  };
  const mappings = rabbit.queues.flatMap((queue): readonly RabbitMapping[] => {
    const name = readerOf(queue);
    if (name === undefined) return [];
    const isOn = () => !isOptional(system, queue) || backbone.reads("rabbitmq");
    return [{ name, queue, handler: handlers[name], isOn }];
  });
  return [
    ...mappings.map((mapping) => ({
      label: `deliver ${mapping.queue.name}`,
      isEnabled: () => mayDeliver(system, mapping),
      act: () => deliver(system, rabbit, mapping),
    })),
    ...rabbit.queues.map((queue) => ({
      label: `dead letters of ${queue.name}`,
      isEnabled: () => rabbit.hasDeadLetters(queue),
      act: () => rabbit.moveDeadLetters(queue),
    })),
    {
      label: "the broker is killed",
      isEnabled: () => !rabbit.isDown && isFault(faultProfile.brokerKill),
      act: rabbit.kill,
    },
    {
      label: "a part of the topology is removed",
      isEnabled: () => isFault(faultProfile.missingPart),
      act: rabbit.removePart,
    },
    {
      label: "the topology is applied",
      isEnabled: () => rabbit.isPartMissing && (system.areFaultsOver || random.chance(0.1)),
      act: rabbit.restoreParts,
    },
  ];
}
