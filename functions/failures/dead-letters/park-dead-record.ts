import type { Reason } from "../../contract/errors.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { type Outcome, park, Unprocessable } from "../../middleware/outcome.ts";
import type { FailedMessageStore } from "../ports/failed-message-store.ts";
import { storedReason } from "../record-failure.ts";

/**
 * Parks a record that the event source mapping of Kafka gave up on, with the reason and error that its last attempt
 * stored, else with those of the dead-letter topic.
 */
export function parkDeadRecord(ports: { readonly failedMessages: FailedMessageStore }) {
  return async (dead: {
    readonly reason: Reason;
    readonly detail: string;
    readonly facts: MessageFacts;
  }): Promise<Outcome> => {
    const { reason, detail, facts } = dead;
    const stored = await storedReason(ports, facts);
    return stored === undefined ? park(reason, new Unprocessable(reason, detail)) : park(stored);
  };
}
