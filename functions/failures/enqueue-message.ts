import { KAFKA_PUBLISHER } from "../contract/broker-names.ts";
import { ATTRIBUTES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { foreignAttributes, redriveRoom } from "../publishing/domain/message-attributes.ts";
import { noTargetFor } from "../publishing/domain/publishers.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { ActPorts } from "./operator-ports.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";

export type Enqueued =
  | { readonly kind: "sent" }
  /** The queue refused it; the row is open again. */
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Sends the message of a row that was redriven as `redriveId` to the queue of its consumer. The message carries the
 * key of its row, so that its outcome resolves or opens that row.
 */
export async function enqueueRow(
  ports: FailurePorts & Pick<ActPorts, "queues" | "sourceQueues">,
  row: FailedMessage,
  redriveId: string,
): Promise<Enqueued> {
  const { failedKey, body, consumer } = row;
  try {
    const queueUrl = ports.sourceQueues[consumer];
    if (queueUrl === undefined) throw new Error(noTargetFor(consumer));
    await ports.queues.send({
      queueUrl,
      body,
      attributes: {
        ...foreignAttributes(row.attributes, redriveRoom(consumer)),
        [ATTRIBUTES.dlqRetryCount]: "0",
        [ATTRIBUTES.redriveId]: redriveId,
        [ATTRIBUTES.failedKey]: failedKey,
      },
      delaySeconds: 0,
    });
    return { kind: "sent" };
  } catch (error) {
    // Where only the reply was lost, the message arrives and resolves the row, open or not.
    await applyWrite(ports, failedKey, { kind: "send-failed", redriveId, error }).catch(() => undefined);
    return { kind: "failed", error };
  }
}

/**
 * Sends events towards the Kafka topic, as if their order had just changed. Returns the error of each, or `undefined`,
 * also where Kafka is not deployed.
 */
export async function enqueueForKafka(
  { queues, sourceQueues }: Pick<ActPorts, "queues" | "sourceQueues">,
  events: readonly OrderEvent[],
): Promise<readonly unknown[]> {
  const queueUrl = sourceQueues[KAFKA_PUBLISHER];
  if (queueUrl === undefined) return events.map(() => undefined);
  const sends = events.map((event) =>
    queues.send({
      queueUrl,
      body: JSON.stringify(event),
      attributes: { [ATTRIBUTES.type]: event.type },
      delaySeconds: 0,
    }),
  );
  const results = await Promise.allSettled(sends);
  return results.map((result) => (result.status === "rejected" ? result.reason : undefined));
}
