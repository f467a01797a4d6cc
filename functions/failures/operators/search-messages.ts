import { CONSUMER_NAMES } from "../../consumers/consumers.ts";
import { failedKeyOfEvent } from "../../contract/failures.ts";
import { EVENT_TYPES, eventIdOf } from "../../contract/order-status.ts";
import { isOrderId } from "../../orders/domain/order.ts";
import type { ListedMessage } from "../domain/failed-listing.ts";
import { type FailedMessage, isFailedKey } from "../domain/failed-message.ts";
import { loadUnchanged } from "../load-failed-message.ts";
import type { FailedMessageStore } from "../ports/failed-message-store.ts";

interface SearchPorts {
  readonly failedMessages: FailedMessageStore;
}

/** A row has up to 400 KB. */
const BODIES_AT_ONCE = 100;
const KEYS_AT_ONCE = 500;
/** More than an order has: its creation, its decision, its cancellation. */
const VERSIONS = 4;
const ID = /[0-9A-Z]{26}/;

/** The search for a text, without regard to case. */
export interface MessageSearch {
  /** Messages with the text in their key, or of the order in it: found by their keys, however many others there are. */
  readonly direct: readonly FailedMessage[];
  /** Rows of a page that are to be searched together. */
  readonly pageSize: number;
  /** Those of a page in whose fields or body the text is. `read` counts the bodies that were read for it. */
  among(
    rows: readonly ListedMessage[],
  ): Promise<{ readonly rows: readonly ListedMessage[]; readonly read: number }>;
}

/**
 * Looks for a text in what a list shows and, with `inBodies`, in the bodies, which hold the customer's id. Where the text
 * is the id of an order with failed messages, only the bodies of messages without an order are read.
 */
export async function searchMessages(
  ports: SearchPorts,
  text: string,
  inBodies: boolean,
): Promise<MessageSearch> {
  const wanted = text.toLowerCase();
  const found = await ports.failedMessages.getMany(keysIn(text));
  const direct = [...found.values()].filter((row) => shows(row, wanted));
  const isId = direct.length > 0;
  const needsBody = ({ orderId }: ListedMessage) => inBodies && (!isId || orderId === undefined);
  return {
    direct,
    pageSize: inBodies && !isId ? BODIES_AT_ONCE : KEYS_AT_ONCE,
    async among(rows) {
      const shown = new Set(rows.filter((row) => shows(row, wanted)));
      const unread = rows.filter((row) => !shown.has(row) && needsBody(row));
      const holding = (await loadUnchanged(ports, unread)).filter(({ body }) =>
        body.toLowerCase().includes(wanted),
      );
      const keys = new Set(holding.map(({ failedKey }) => failedKey));
      return { rows: rows.filter((row) => shown.has(row) || keys.has(row.failedKey)), read: unread.length };
    },
  };
}

/** The text as a key, and the usual keys of the messages of an order whose id is in it. */
function keysIn(text: string): string[] {
  const orderId = ID.exec(text)?.[0] ?? "";
  const eventIds = isOrderId(orderId)
    ? EVENT_TYPES.flatMap((type) =>
        Array.from({ length: VERSIONS }, (_, before) => eventIdOf(orderId, before + 1, type)),
      )
    : [];
  const usual = CONSUMER_NAMES.flatMap((consumer) =>
    eventIds.map((eventId) => failedKeyOfEvent(consumer, eventId)),
  );
  return isFailedKey(text) ? [text, ...usual] : usual;
}

function shows(row: ListedMessage, wanted: string): boolean {
  const { failedKey, consumer, reason, eventId, eventType, orderId, errorName, errorMessage } = row;
  return [failedKey, consumer, reason, eventId, eventType, orderId, errorName, errorMessage].some(
    (field) => field?.toLowerCase().includes(wanted) === true,
  );
}
