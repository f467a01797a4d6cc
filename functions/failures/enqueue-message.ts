import { ATTRIBUTES } from "../contract/names.ts";
import { noWayTo } from "../publishing/domain/publishers.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import { foreignAttributes } from "../publishing/domain/message-attributes.ts";
import type { ActPorts } from "./ports/operator-ports.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";

/** What became of a row's message on its way to its consumer's queue. */
export type Enqueued =
  | { readonly kind: "sent" }
  /** The queue did not take it; the row is open again. */
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Sends the message of a row that is marked with `redriveId` to the queue of its consumer. The copy carries the
 * row's key: by that the row is resolved, or opened again, whatever becomes of the copy.
 */
export async function enqueueRow(
  ports: FailurePorts & Pick<ActPorts, "queues" | "sourceQueues">,
  row: FailedMessage,
  redriveId: string,
): Promise<Enqueued> {
  const { failedKey, body, consumer } = row;
  try {
    const queueUrl = ports.sourceQueues[consumer];
    if (queueUrl === undefined) throw new Error(noWayTo(consumer));
    await ports.queues.send({
      queueUrl,
      body,
      attributes: {
        ...foreignAttributes(row.attributes),
        [ATTRIBUTES.redriveCount]: "0",
        [ATTRIBUTES.redriveId]: redriveId,
        [ATTRIBUTES.failedKey]: failedKey,
      },
      delaySeconds: 0,
    });
    return { kind: "sent" };
  } catch (error) {
    // A send whose reply was lost may be on its way all the same: its copy resolves the row, open or not.
    await applyWrite(ports, failedKey, { kind: "take-back", redriveId, error }).catch(() => undefined);
    return { kind: "failed", error };
  }
}
