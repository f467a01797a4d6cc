import type { Reason } from "../../contract/failures.ts";
import type { AuditAct } from "../../middleware/audit.ts";
import type { Clock } from "../../middleware/clock.ts";
import type { FailureLog, MessageFacts } from "../../middleware/failure-log.ts";
import { failedKeyOf, unpublishedMessage } from "../domain/failed-message.ts";
import type { CrashedBatches } from "../ports/crashed-batches.ts";

/** Many, so that unreadable batches do not block the others. */
const AT_ONCE = 1_000;

const CRASHED = new Error("The publisher crashed on the batch of this event.");
const NO_ORDER = new Error("The row that changed is not an order row.");

/**
 * Parks the events of stream batches that crashed a publisher, and removes each batch once all of it is parked.
 * A batch that fails stops no other; the first error is thrown at the end.
 */
export function importCrashedBatches(ports: {
  crashedBatches: CrashedBatches;
  failureLog: FailureLog;
  clock: Clock;
  audit: AuditAct;
}) {
  const { crashedBatches, failureLog, clock, audit } = ports;

  return async (deadline: number): Promise<{ imported: number }> => {
    const failures: unknown[] = [];
    let imported = 0;
    for (const key of await crashedBatches.list(AT_ONCE)) {
      if (clock.now() > deadline) break;
      try {
        const { consumer, events, unreadable } = await crashedBatches.read(key);
        for (const event of events)
          await park(unpublishedMessage(event, { consumer, source: key }), "PUBLISH_FAILED", CRASHED);
        for (const body of unreadable) {
          await park({ consumer, source: key, body, attributes: {} }, "INVALID_EVENT", NO_ORDER);
        }
        await crashedBatches.remove(key);
        imported += events.length;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return { imported };
  };

  async function park(message: MessageFacts, reason: Reason, error: Error): Promise<void> {
    await failureLog.park(message, reason, error);
    audit({ act: "import", failedKey: failedKeyOf(message), by: "maintenance", outcome: "parked" });
  }
}
