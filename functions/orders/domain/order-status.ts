import type { EventType } from "../../contract/names.ts";
import type { Status } from "../../contract/schemas.ts";

/** What follows from a status. A new one does not compile until each column is decided. */
interface StatusRule {
  /** The event of the transition into it. */
  readonly event: EventType;
  readonly mayBeCancelled: boolean;
  /** What order.created means for an order that has it: `decide` on stock, or its effect is there. */
  readonly creation: "decide" | "done" | "done unless never held";
  /** The end of the mail's headline "Your order … "; absent where no mail is sent. */
  readonly mail?: string;
}

export const STATUS_RULES: Readonly<Record<Status, StatusRule>> = {
  PENDING: { event: "order.created", mayBeCancelled: true, creation: "decide" },
  CONFIRMED: { event: "order.confirmed", mayBeCancelled: true, creation: "done", mail: "is confirmed" },
  REJECTED: {
    event: "order.rejected",
    mayBeCancelled: true,
    creation: "done",
    mail: "could not be accepted",
  },
  CANCELLED: {
    event: "order.cancelled",
    mayBeCancelled: false,
    creation: "done unless never held",
    mail: "is cancelled",
  },
};

const RULES = Object.entries(STATUS_RULES) as readonly [Status, StatusRule][];

/** Statuses that an order can be cancelled from. */
export const CANCELLABLE: readonly Status[] = RULES.flatMap(([status, { mayBeCancelled }]) =>
  mayBeCancelled ? [status] : [],
);

/** The headline of the mail about an event; `undefined` where there is none. */
export function mailHeadline(type: EventType): string | undefined {
  return RULES.find(([, { event }]) => event === type)?.[1].mail;
}
