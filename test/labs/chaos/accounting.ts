import { MAIL_CHECKS } from "./check-mails.ts";
import { ORDER_CHECKS } from "./check-orders.ts";
import { REST_CHECKS } from "./check-rest.ts";
import { STOCK_CHECKS } from "./check-stock.ts";
import { deliveriesOf, locationsOf } from "./deliveries.ts";
import type { Check, FinalState } from "./final-state.ts";

/** The final state in numbers. */
export interface Totals {
  readonly accepted: number;
  readonly orders: Readonly<Record<string, number>>;
  readonly events: number;
  /** Events by location. An event without one is lost, one with two is duplicated. */
  readonly locations: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly duplicated: number;
  readonly mails: number;
  /** Rows of the failed-message store by status. */
  readonly store: Readonly<Record<string, number>>;
  /** Open rows by reason. */
  readonly open: Readonly<Record<string, number>>;
}

export const check = (state: FinalState): Check[] =>
  [...ORDER_CHECKS, ...STOCK_CHECKS, ...MAIL_CHECKS, ...REST_CHECKS].map((one) => one(state));

export function totalsOf(state: FinalState): Totals {
  const locations = [...deliveriesOf(state.orders.values())].map((delivery) => locationsOf(delivery, state));
  const missing = [...state.reported.accepted.values()].filter((ids) =>
    [...ids].some((id) => !state.orders.has(id)),
  );
  const open = [...state.failed.values()].filter(({ status }) => status === "OPEN");
  return {
    accepted: state.reported.accepted.size,
    orders: countBy([...state.orders.values()], ({ status }) => status),
    events: locations.length,
    locations: countBy(locations, (all) => all.join(" and ") || "lost"),
    lost: missing.length + locations.filter((all) => all.length === 0).length,
    duplicated: locations.filter((all) => all.length > 1).length,
    mails: [...state.mailed.values()].reduce((sum, count) => sum + count, 0),
    store: countBy([...state.failed.values()], ({ status }) => status),
    open: countBy(open, ({ reason }) => reason),
  };
}

export function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(items, keyOf)].map(([key, all]): [string, number] => [key, all.length]).sort(),
  );
}
