import type { RabbitMessage, RabbitPublisher } from "../../functions/adapters/rabbitmq-publisher.ts";
import type { Published } from "../../functions/publishing/ports/publisher.ts";

/** A broker that keeps what it confirms. `refuse` decides which messages it refuses. */
export interface MemoryRabbit extends RabbitPublisher {
  /** In the order of their publication. */
  readonly messages: RabbitMessage[];
  refuse: (message: RabbitMessage) => Extract<Published, { kind: "refused" }> | undefined;
}

export function memoryRabbit(): MemoryRabbit {
  const messages: RabbitMessage[] = [];
  const rabbit: MemoryRabbit = {
    messages,
    refuse: () => undefined,
    async publish(all) {
      return all.map((message): Published => {
        const refusal = rabbit.refuse(message);
        if (refusal === undefined) messages.push(message);
        return refusal ?? { kind: "published" };
      });
    },
    close() {},
  };
  return rabbit;
}
