import type { FailedMessage } from "../domain/failed-message.ts";
import { Problem } from "../domain/problem.ts";
import type { FailedMessages } from "../ports/failed-messages.ts";

/** A row as operators see it: without what only the store's own writes need. */
export type FailedMessageView = Omit<FailedMessage, "revision" | "writeId" | "bodyHash" | "expiresAt">;

/** What every key of the store matches; DynamoDB refuses to look up an empty or very long one. */
const KEY = /^[\w.:~-]{1,512}$/;

export function readFailedMessage(ports: { failedMessages: FailedMessages }) {
  return async (failedKey: string): Promise<FailedMessageView> => {
    const row = KEY.test(failedKey) ? await ports.failedMessages.get(failedKey) : undefined;
    if (row === undefined) {
      throw new Problem("FAILED_MESSAGE_NOT_FOUND", {
        detail: `Nothing failed under ${failedKey.slice(0, 200)}.`,
      });
    }
    const { revision: _, writeId: __, bodyHash: ___, expiresAt: ____, ...view } = row;
    return view;
  };
}
