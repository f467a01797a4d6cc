import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { CrashedBatches } from "../../functions/ports/crashed-batches.ts";

/** Stream batches by key; `undefined` is an object that cannot be read. Keys that say so are the Kafka publisher's. */
export interface MemoryCrashedBatches extends CrashedBatches {
  readonly objects: Map<string, readonly OrderEvent[] | undefined>;
}

export function memoryCrashedBatches(): MemoryCrashedBatches {
  const objects = new Map<string, readonly OrderEvent[] | undefined>();
  return {
    objects,
    async list(limit) {
      return [...objects.keys()].sort().slice(0, limit);
    },
    async read(key) {
      const events = objects.get(key);
      if (events === undefined) throw new SyntaxError(`${key} holds no batch.`);
      const consumer = key.startsWith("kafka/") ? "publish-to-kafka" : "publish-events";
      return { consumer, events };
    },
    async remove(key) {
      objects.delete(key);
    },
  };
}
