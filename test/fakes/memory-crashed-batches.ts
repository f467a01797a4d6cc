import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { CrashedBatches } from "../../functions/failures/ports/crashed-batches.ts";

/**
 * Stream batches by key. `undefined` is an unreadable object, a text a row that is not an order. Keys that name the Kafka
 * publisher belong to it.
 */
export interface MemoryCrashedBatches extends CrashedBatches {
  readonly objects: Map<string, readonly (OrderEvent | string)[] | undefined>;
}

export function memoryCrashedBatches(): MemoryCrashedBatches {
  const objects = new Map<string, readonly (OrderEvent | string)[] | undefined>();
  return {
    objects,
    async list(limit) {
      return [...objects.keys()].sort().slice(0, limit);
    },
    async read(key) {
      const records = objects.get(key);
      if (records === undefined) throw new SyntaxError(`${key} holds no batch.`);
      const consumer = key.startsWith("kafka/") ? "publish-to-kafka" : "publish-events";
      const events = records.filter((record) => typeof record !== "string");
      const unreadable = records.filter((record) => typeof record === "string");
      return { consumer, events, unreadable };
    },
    async remove(key) {
      objects.delete(key);
    },
  };
}
