import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { Published, Topic } from "../../functions/publishing/ports/publisher.ts";

/** A topic that keeps published events. `refuse` decides which events it refuses. */
export interface MemoryPublisher extends Topic {
  readonly topic: OrderEvent[];
  /** The same as they were sent. */
  readonly texts: string[];
  refuse: (event: OrderEvent) => Extract<Published, { kind: "refused" }> | undefined;
}

export function memoryPublisher(): MemoryPublisher {
  const topic: OrderEvent[] = [];
  const texts: string[] = [];
  const publisher: MemoryPublisher = {
    topic,
    texts,
    refuse: () => undefined,
    async publish(events) {
      return events.map(({ event, text = JSON.stringify(event) }) => {
        const refusal = publisher.refuse(event);
        if (refusal === undefined) {
          topic.push(event);
          texts.push(text);
        }
        return refusal ?? { kind: "published" };
      });
    },
    async checkExists() {},
  };
  return publisher;
}
