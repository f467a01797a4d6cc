import type { LogLine } from "../../../lib/emulator/types.ts";

/** Waits for orders to be CONFIRMED, by the audit line that the consumer writes after the transaction. */
export interface Confirmations {
  onLine(line: LogLine): void;
  /** Resolves with the `performance.now()` at which the order was decided. Rejects after `TIMEOUT_MS`. */
  of(orderId: string): Promise<number>;
}

const TIMEOUT_MS = 60_000;
const SUFFIX = ":1:order.created";

export function watchConfirmations(consumer = "order-created"): Confirmations {
  const at = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  return {
    onLine({ source, stream, text }) {
      if (source !== consumer || stream !== "stdout" || !text.startsWith('{"audit":"attempt"')) return;
      const { eventId, outcome } = JSON.parse(text) as { eventId?: string; outcome: string };
      if (eventId?.endsWith(SUFFIX) !== true || outcome !== "done") return;
      const orderId = eventId.slice(0, -SUFFIX.length);
      const now = performance.now();
      at.set(orderId, now);
      waiting.get(orderId)?.(now);
      waiting.delete(orderId);
    },
    async of(orderId) {
      const known = at.get(orderId);
      if (known !== undefined) return known;
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      waiting.set(orderId, resolve);
      const timer = setTimeout(() => reject(new Error(`${orderId} was not confirmed in time.`)), TIMEOUT_MS);
      return promise.finally(() => clearTimeout(timer));
    },
  };
}
