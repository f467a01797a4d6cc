import { MAIL_CHECKS } from "./check-mails.ts";
import { ORDER_CHECKS } from "./check-orders.ts";
import { REST_CHECKS } from "./check-rest.ts";
import { STOCK_CHECKS } from "./check-stock.ts";
import { deliveriesOf, placesOf } from "./deliveries.ts";
import type { Check, Facts } from "./final-state.ts";

/** Where everything is, in numbers. */
export interface Totals {
  readonly accepted: number;
  readonly orders: Readonly<Record<string, number>>;
  readonly events: number;
  /** Events by the place they are in, and those in none or in two. */
  readonly places: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly doubled: number;
  readonly mails: number;
  /** Rows of the failed-message store, by status; those that were RETRYING or REDRIVEN have come to another. */
  readonly store: Readonly<Record<string, number>>;
  /** Its open rows, by reason. */
  readonly open: Readonly<Record<string, number>>;
}

export const check = (facts: Facts): Check[] =>
  [...ORDER_CHECKS, ...STOCK_CHECKS, ...MAIL_CHECKS, ...REST_CHECKS].map((one) => one(facts));

export function totalsOf(facts: Facts): Totals {
  const places = [...deliveriesOf(facts.orders.values())].map((delivery) => placesOf(delivery, facts));
  const missing = [...facts.told.accepted.values()].filter((ids) =>
    [...ids].some((id) => !facts.orders.has(id)),
  );
  const open = [...facts.failed.values()].filter(({ status }) => status === "OPEN");
  return {
    accepted: facts.told.accepted.size,
    orders: countBy([...facts.orders.values()], ({ status }) => status),
    events: places.length,
    places: countBy(places, (all) => all.join(" and ") || "lost"),
    lost: missing.length + places.filter((all) => all.length === 0).length,
    doubled: places.filter((all) => all.length > 1).length,
    mails: [...facts.mailed.values()].reduce((sum, count) => sum + count, 0),
    store: countBy([...facts.failed.values()], ({ status }) => status),
    open: countBy(open, ({ reason }) => reason),
  };
}

export function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(items, keyOf)].map(([key, all]): [string, number] => [key, all.length]).sort(),
  );
}
