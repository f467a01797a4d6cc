import { DONE, type Outcome, park, retry } from "../middleware/outcome.ts";
import type { OutgoingRecord, RecordTopic } from "./ports/publisher.ts";

/**
 * Copies that come by a queue, because nothing else reaches the topic. What the topic takes is done; the queue
 * brings again what it does not take now, and its dead-letter queue ends that.
 */
export function publishMessages(ports: { topic: RecordTopic }) {
  return async (copies: readonly OutgoingRecord[], deadline: number): Promise<Outcome[]> => {
    const answers = await ports.topic.send(copies, deadline);
    return copies.map((_, index) => {
      const answer = answers[index];
      if (answer?.kind === "published") return DONE;
      const error = answer?.error ?? new Error("The topic gave no answer for this event.");
      return answer?.permanent === true ? park("PUBLISH_FAILED", error) : retry(error);
    });
  };
}
