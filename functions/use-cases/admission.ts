import type { Clock } from "../ports/clock.ts";
import type { Queues } from "../ports/queues.ts";
import type { Admission } from "./place-order.ts";

const FRESH_FOR_MS = 5_000;
const LOOK_MS = 200;

/**
 * Closes when the queue is longer than `limit`. The length is looked up at most every `freshForMs`, the first
 * time when this instance is that old, so that a cold start does not load the client. A look-up that fails
 * leaves the door open: losing the number is no reason to refuse orders.
 */
export function admission(
  ports: { queues: Pick<Queues, "backlog">; clock: Clock },
  queueUrl: string,
  limit: number,
  freshForMs = FRESH_FOR_MS,
): Admission {
  let backlog = 0;
  let askedAt = ports.clock.now();
  return {
    isOpen: () => backlog <= limit,
    async refresh() {
      const now = ports.clock.now();
      // The distance, because a clock that was set back must not stop the looks.
      if (Math.abs(now - askedAt) < freshForMs) return;
      askedAt = now;
      const look = ports.queues.backlog(queueUrl).then(
        (length) => {
          backlog = length;
        },
        () => {
          backlog = 0;
        },
      );
      // A queue service that hangs must not hold up an order that is already written.
      const looked = new AbortController();
      const patience = ports.clock.sleep(LOOK_MS, looked.signal);
      await Promise.race([look.finally(() => looked.abort("looked")), patience]);
    },
  };
}
