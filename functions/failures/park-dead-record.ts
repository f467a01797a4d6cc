import type { Reason } from "../contract/errors.ts";
import type { MessageFacts } from "../middleware/failure-log.ts";
import { type Outcome, park, Unprocessable } from "../middleware/outcome.ts";
import type { FailedMessages } from "./ports/failed-message-store.ts";
import { reasonLeft } from "./record-failure.ts";

/**
 * A record that Kafka's mapping gave up on: parked with the reason and the error that its last attempt left, else
 * with what is said of why.
 */
export function parkDeadRecord(ports: { readonly failedMessages: FailedMessages }) {
  return async (dead: {
    readonly reason: Reason;
    readonly detail: string;
    readonly facts: MessageFacts;
  }): Promise<Outcome> => {
    const { reason, detail, facts } = dead;
    const left = await reasonLeft(ports, facts);
    return left === undefined ? park(reason, new Unprocessable(reason, detail)) : park(left);
  };
}
