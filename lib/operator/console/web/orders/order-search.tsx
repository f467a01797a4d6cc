import { useContext, useEffect, useRef } from "preact/hooks";
import type { OrderList } from "../../../../../functions/contract/operator-answers.ts";
import { STATUSES } from "../../../../../functions/contract/order-status.ts";
import { searchCost } from "../../../observe/search-cost.ts";
import { money } from "../format.ts";
import { Badge } from "../page/badge.tsx";
import { including } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { hrefTo, type OrderSearch } from "../route.ts";
import { TargetInfo } from "../target-info.ts";
import { go } from "../use-route.ts";
import { fetchOrders } from "./orders-api.ts";

const LIMIT = "50";
const FIELDS = ["customerId", "status", "from", "to"] as const;

/** The address holds the search; the form shows the one in the address. */
export function SearchForm({ search }: { readonly search: OrderSearch }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    for (const name of FIELDS) {
      const field = form.current?.elements.namedItem(name);
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
      const value = search[name] ?? "";
      // `2026-01-31T12:00:00`: a field for a time has no zone.
      field.value = field.type === "datetime-local" ? value.slice(0, 19) : value;
    }
  }, [JSON.stringify(search)]);
  const submit = (event: Event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: (typeof FIELDS)[number]) => String(given.get(name)).trim();
    const time = (name: "from" | "to") => (text(name) === "" ? "" : new Date(`${text(name)}Z`).toISOString());
    go({
      kind: "orders",
      search: {
        customerId: text("customerId"),
        status: text("status"),
        from: time("from"),
        to: time("to"),
        limit: search.limit ?? LIMIT,
      },
    });
  };
  return (
    <search aria-label="Orders by customer, status and time">
      <form class="filter" ref={form} onSubmit={submit}>
        <label class="grow">
          <span>Customer</span>
          <input name="customerId" autocomplete="off" spellcheck={false} />
        </label>
        <label>
          <span>Status</span>
          <select name="status">
            <option value="">any</option>
            {including(search.status, STATUSES).map((status) => (
              <option key={status} value={status}>
                {status}
              </option>
            ))}
          </select>
        </label>
        <Time name="from" label="Placed from (UTC)" />
        <Time name="to" label="Placed to (UTC)" />
        <button type="submit" class="strong" aria-describedby="search-cost">
          Search
        </button>
        <p id="search-cost" class="hint whole">
          An index serves the status PENDING, and a customer with the setting ordersByCustomer. Any other
          search reads the table, about 1,000 read units a page.
        </p>
      </form>
    </search>
  );
}

function Time({ name, label }: { readonly name: "from" | "to"; readonly label: string }) {
  return (
    <label class="time">
      <span>{label}</span>
      <input type="datetime-local" name={name} step={1} max="9999-12-31T23:59:59" />
    </label>
  );
}

/** A page of a search. On AWS it is read on request: each read costs its read units. */
export function FoundOrders({ search }: { readonly search: OrderSearch }) {
  const { about } = useContext(TargetInfo);
  const { polled, refresh } = usePoll(`orders ${JSON.stringify(search)}`, () => fetchOrders(search), {
    every: 5,
    cost: "manual",
  });
  const page = latestValue(polled);
  useEffect(() => scrollTo(0, 0), [search.cursor]);
  return (
    <section aria-labelledby="found">
      <div class="split">
        <h2 id="found">Orders found</h2>
        {about.where === "aws" && (
          <button type="button" onClick={refresh}>
            Refresh
          </button>
        )}
      </div>
      <p class="soft" role="status">
        {page !== undefined && `This page: ${searchCost(page.items.length, page)}.`}
        {page?.cursor !== undefined && " The search is not complete; there may be more."}
      </p>
      <Loaded polled={polled} what="the orders">
        {(found) => (
          <>
            <Found page={found} />
            <Pages search={search} cursor={found.cursor} />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** The page before is the one that the browser goes back to. */
function Pages({ search, cursor }: { readonly search: OrderSearch; readonly cursor: string | undefined }) {
  const { cursor: shown, ...first } = search;
  if (shown === undefined && cursor === undefined) return null;
  return (
    <p class="pages">
      {shown !== undefined && <a href={hrefTo({ kind: "orders", search: first })}>First page</a>}
      {cursor !== undefined && (
        <a href={hrefTo({ kind: "orders", search: { ...first, cursor } })}>Next page</a>
      )}
    </p>
  );
}

function Found({ page: { items, cursor } }: { readonly page: OrderList }) {
  if (items.length === 0) {
    return <Empty>{cursor === undefined ? "No orders found." : "No orders found on this page."}</Empty>;
  }
  return (
    <table class="queues found">
      <caption class="visually-hidden">Orders found</caption>
      <thead>
        <tr>
          <th scope="col">order</th>
          <th scope="col">customer</th>
          <th scope="col">status</th>
          <th scope="col">amount</th>
          <th scope="col">placed</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ orderId, customerId, status, amount, createdAt }) => (
          <tr key={orderId}>
            <th scope="row">
              <a data-row href={hrefTo({ kind: "order", orderId })}>
                <code>{orderId}</code>
              </a>
            </th>
            <td data-name="customer">{customerId}</td>
            <td data-name="status">
              <Badge state={status} />
            </td>
            <td data-name="amount">{money(amount)}</td>
            <td data-name="placed">
              <At at={createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
