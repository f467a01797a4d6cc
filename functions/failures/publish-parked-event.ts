import type { OrderEvent } from "../contract/schemas.ts";
import type { Publisher } from "../publishing/ports/publisher.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";

/** What became of an event that went to the topic again, and its row after that. */
export type PublishedRow =
  | { readonly kind: "published"; readonly row: FailedMessage }
  | { readonly kind: "refused"; readonly error: unknown };

/**
 * Publishes the event of a row that is marked as sent again. What the topic takes is resolved by that; what it
 * refuses is parked once more.
 */
export async function publishRow(
  ports: FailurePorts & { readonly publisher: Publisher },
  row: FailedMessage,
  event: OrderEvent,
  by: string,
): Promise<PublishedRow> {
  const { failedKey } = row;
  const [answer] = await ports.publisher.publish([event]);
  if (answer?.kind === "published") {
    const write = { kind: "resolve", by, why: "published" } as const;
    const { row: resolved = row } = await applyWrite(ports, failedKey, write);
    return { kind: "published", row: resolved };
  }
  const error = answer?.error ?? new Error("The publisher gave no answer for this event.");
  await applyWrite(ports, failedKey, { kind: "park", reason: "PUBLISH_FAILED", error });
  return { kind: "refused", error };
}
