import { ATTRIBUTES } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import type { PublisherName } from "../publishing/domain/publishers.ts";
import type { ActPorts } from "./ports/operator-ports.ts";

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
