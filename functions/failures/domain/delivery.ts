import { sha256 } from "../../middleware/sha256.ts";
import type { MessageFacts } from "./failed-message.ts";

/** How many deliveries a row remembers: more than can come again, since each copy is a delivery of its own. */
const REMEMBERED = 20;

interface Parked {
  readonly parkedBy?: readonly string[];
}

/**
 * The name of one record and its content, where the source names one, as `kafka:<topic>-<partition>@<offset>` does,
 * and not only where records come from, as a queue's ARN does. A topic that is made anew uses its offsets again: only
 * the content tells a record from the one that had its place before.
 */
function deliveryOf({ source, body }: Pick<MessageFacts, "source" | "body">): string | undefined {
  return /@\d+$/.test(source) ? `${source} ${sha256(body).slice(0, 16)}` : undefined;
}

/** Whether this very delivery parked the row before: then it has nothing new to say. */
export function wasParkedBy(
  row: Parked | undefined,
  message: Pick<MessageFacts, "source" | "body">,
): boolean {
  if (row?.parkedBy === undefined) return false;
  const delivery = deliveryOf(message);
  return delivery !== undefined && row.parkedBy.includes(delivery);
}

/** The row's deliveries and this one, where the source names one. */
export function parkedBy({ parkedBy = [] }: Parked, message: MessageFacts | undefined): Parked {
  const delivery = message === undefined ? undefined : deliveryOf(message);
  return delivery === undefined ? {} : { parkedBy: [...parkedBy, delivery].slice(-REMEMBERED) };
}
