/**
 * The statuses of an order. Each transition into one emits one event. Event types, schemas, the transitions of the API and
 * the mails follow from this table.
 */

/** What follows from a status. A new one does not compile until each required column is decided. */
interface StatusRule {
  /** The event of the transition into it: `order.` and a word in lower case. */
  readonly event: `order.${string}`;
  readonly mayBeCancelled: boolean;
  /** Statuses that the API moves an order from; absent where no route sets this status. CANCELLED: `mayBeCancelled`. */
  readonly from?: readonly string[];
  /** What order.created means for an order that has it: `decide` on stock, or its effect is done. */
  readonly creation: "decide" | "done" | "done unless never held";
  /**
   * Until when its event has an effect to come that the order row shows; absent where the row shows none. Maintenance
   * publishes the event of such an order again.
   */
  readonly unfinished?: "until decided" | "while stock is held";
  /** The end of the mail's headline "Your order … "; absent where no mail is sent. */
  readonly mail?: string;
}

const TABLE = {
  PENDING: {
    event: "order.created",
    mayBeCancelled: true,
    creation: "decide",
    unfinished: "until decided",
  },
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
    unfinished: "while stock is held",
    mail: "is cancelled",
  },
} as const satisfies Readonly<Record<string, StatusRule>>;

export type Status = keyof typeof TABLE;
/** The statuses that a route of the API may set. */
export type StatusByApi =
  | "CANCELLED"
  | { [S in Status]: (typeof TABLE)[S] extends { from: readonly [string, ...string[]] } ? S : never }[Status];
export type EventType = (typeof TABLE)[Status]["event"];

type Rule = StatusRule & { readonly event: EventType; readonly from?: readonly Status[] };
export const STATUS_RULES: Readonly<Record<Status, Rule>> = TABLE;

const RULES = Object.entries(STATUS_RULES) as readonly [Status, Rule][];
export const STATUSES: readonly Status[] = RULES.map(([status]) => status);
export const EVENT_TYPES: readonly EventType[] = RULES.map(([, { event }]) => event);
/** The id of an order's event. `version`: of the order, after the transition. */
export const eventIdOf = (orderId: string, version: number, type: string): string =>
  `${orderId}:${version}:${type}`;

/** The types of the events that the customer is mailed about. */
export const MAILED_EVENTS: readonly EventType[] = RULES.flatMap(([, { event, mail }]) =>
  mail === undefined ? [] : [event],
);

/** The statuses from which the API moves an order to this one. */
export function sourcesOf(to: Status): readonly Status[] {
  if (to !== "CANCELLED") return STATUS_RULES[to].from ?? [];
  return RULES.flatMap(([status, { mayBeCancelled }]) => (mayBeCancelled ? [status] : []));
}

/** Whether the effect of an order's latest event is missing from its row. */
export function isUnfinished(order: { readonly status: Status; readonly stockHeld?: boolean }): boolean {
  const unfinished = STATUS_RULES[order.status]?.unfinished;
  return unfinished === "until decided" || (unfinished !== undefined && order.stockHeld === true);
}

/** The headline of the mail about an event; `undefined` where there is none. */
export function mailHeadline(type: EventType): string | undefined {
  return RULES.find(([, { event }]) => event === type)?.[1].mail;
}
