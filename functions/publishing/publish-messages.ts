import { DONE, type Outcome, park, retry } from "../middleware/outcome.ts";
import type { OutgoingRecord, RecordTopic } from "./ports/publisher.ts";
import { refusalOf } from "./publish-transitions.ts";

/**
 * Publishes messages that came by a queue, because nothing outside the network reaches the topic. The queue delivers a
 * refused message again, until it moves to the dead-letter queue.
 */
export function publishMessages(ports: { topic: RecordTopic }) {
  return async (messages: readonly OutgoingRecord[], deadline: number): Promise<Outcome[]> => {
    const answers = await ports.topic.publish(messages, deadline);
    return messages.map((_, index) => {
      const refusal = refusalOf(answers[index]);
      if (refusal === undefined) return DONE;
      return refusal.permanent ? park("PUBLISH_FAILED", refusal.error) : retry(refusal.error);
    });
  };
}
