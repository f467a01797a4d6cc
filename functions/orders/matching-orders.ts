import type { OrderList } from "../contract/operator-answers.ts";
import type { ListOrders } from "../contract/operator-schemas.ts";
import type { Clock } from "../middleware/clock.ts";
import { Problem } from "../middleware/problem.ts";
import { type Order, viewOf } from "./domain/order.ts";
import type { FoundOrders, OrderFinder } from "./ports/order-finder.ts";

const LIMIT = 50;
/** The function has ten seconds. */
const READ_MS = 4_000;
/** Read units of one answer: about 8 MB of a scan. */
const MOST_UNITS = 1_000;

/**
 * Orders that match the filter, without their contacts. It reads until it has found `limit` orders, for four seconds or
 * 1,000 read units; a cursor continues the search, also where an answer holds no order. Throws a Problem for a bad
 * cursor, and for a `from` later than `to`, which an index refuses.
 */
export function findOrders({ finder, clock }: { readonly finder: OrderFinder; readonly clock: Clock }) {
  return async ({ limit = LIMIT, cursor: first, from, to, ...other }: ListOrders): Promise<OrderList> => {
    const filter = {
      ...other,
      ...(from !== undefined && { from: precise(from) }),
      ...(to !== undefined && { to: precise(to) }),
    };
    if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to)
      throw new Problem("INVALID_REQUEST", { detail: "The parameter from must not be later than to." });
    const until = clock.now() + READ_MS;
    const found: Order[] = [];
    let readUnits = 0;
    let page: FoundOrders | undefined;
    let cursor = first;
    do {
      page = await finder.find(filter, limit - found.length, cursor);
      if (page === undefined)
        throw new Problem("INVALID_REQUEST", {
          detail: "The cursor belongs to another search. Repeat the search without it.",
          pointer: "/cursor",
        });
      found.push(...page.orders);
      readUnits += page.readUnits;
      cursor = page.cursor;
    } while (cursor !== undefined && found.length < limit && readUnits < MOST_UNITS && clock.now() < until);
    return {
      items: found.map(viewOf),
      foundBy: page.by,
      readUnits,
      ...(cursor !== undefined && { cursor }),
    };
  };
}

/** In the form of the rows, whose texts are compared. */
const precise = (time: string): string => new Date(time).toISOString();
