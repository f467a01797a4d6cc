import type { Clock } from "../ports/clock.ts";
import type { CrashedBatches } from "../ports/crashed-batches.ts";
import type { FailureLog } from "../ports/failure-log.ts";

const AT_ONCE = 20;

/** Parks the events of stream batches that crashed the publisher; the batch is removed once all are parked. */
export function importCrashedBatches(ports: {
  crashedBatches: CrashedBatches;
  failureLog: FailureLog;
  clock: Clock;
}) {
  return async (deadline: number): Promise<{ imported: number }> => {
    let imported = 0;
    for (const key of await ports.crashedBatches.list(AT_ONCE)) {
      for (const event of await ports.crashedBatches.read(key)) {
        if (ports.clock.now() > deadline) return { imported };
        await ports.failureLog.park(
          {
            consumer: "publish-events",
            source: key,
            body: JSON.stringify(event),
            attributes: { type: event.type },
            eventId: event.id,
            eventType: event.type,
            orderId: event.subject,
          },
          "PUBLISH_FAILED",
          new Error("The publisher crashed on the batch that held this event."),
        );
        imported += 1;
      }
      await ports.crashedBatches.remove(key);
    }
    return { imported };
  };
}
