import { ATTRIBUTES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { foreignAttributes } from "../publishing/domain/message-attributes.ts";
import { noWayTo, type PublisherName } from "../publishing/domain/publishers.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { ActPorts } from "./operator-ports.ts";
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
        [ATTRIBUTES.dlqRetryCount]: "0",
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

/** Whose queue leads to the topic: nothing outside the network of the brokers reaches them. */
export const KAFKA_PUBLISHER: PublisherName = "publish-to-kafka";

/**
 * Sends events the way to the Kafka topic, as if their order had changed just now. Answers for each what went wrong,
 * or `undefined`: also where Kafka is not deployed, as then nobody waits for them there.
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
