import { DONE, type Outcome, park, retry } from "../middleware/outcome.ts";
import type { OutgoingRecord, RecordTopic } from "./ports/publisher.ts";

/**
 * Publishes messages that came by a queue, because nothing outside the network reaches the topic. The queue delivers a
 * refused message again, until it moves to the dead-letter queue.
 */
export function publishMessages(ports: { topic: RecordTopic }) {
  return async (messages: readonly OutgoingRecord[], deadline: number): Promise<Outcome[]> => {
    const answers = await ports.topic.send(messages, deadline);
    return messages.map((_, index) => {
      const answer = answers[index];
      if (answer?.kind === "published") return DONE;
      const error = answer?.error ?? new Error("The topic returned no result for this event.");
      return answer?.permanent === true ? park("PUBLISH_FAILED", error) : retry(error);
    });
  };
}
