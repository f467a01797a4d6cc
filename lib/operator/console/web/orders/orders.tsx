import { useContext, useState } from "preact/hooks";
import { observatory } from "../fetch-json.ts";
import { Empty, Loaded } from "../page/states.tsx";
import { usePoll } from "../poll.ts";
import { hrefTo, type OrderSearch } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { go } from "../use-route.ts";
import { FoundOrders, SearchForm } from "./order-search.tsx";
import { ORDER_ID } from "./orders-api.ts";
import { PlaceForm } from "./place-form.tsx";
import { recentOrders } from "./recent.ts";
import { StockForm } from "./stock-form.tsx";

/** Finds orders by id, or by customer, status and time. On the local emulator, also places orders and sets stock. */
export function Orders({ search }: { readonly search: OrderSearch | undefined }) {
  const { about } = useContext(TargetInfo);
  const may = useMay();
  const [recent, setRecent] = useState(recentOrders);
  return (
    <>
      <h1>Orders</h1>
      <FindById />
      {may("listOrders") && <SearchForm search={search ?? {}} />}
      {search !== undefined ? (
        <FoundOrders search={search} />
      ) : about.where === "local" ? (
        <Latest />
      ) : recent.length > 0 ? (
        <OrderIds title="Recent orders" orderIds={recent} />
      ) : (
        <Empty>
          No order was opened in this tab.{" "}
          {may("listOrders") && (
            <a href={hrefTo({ kind: "orders", search: PENDING })}>Orders that are PENDING</a>
          )}
        </Empty>
      )}
      {about.can.placeOrders && (
        <div class="forms">
          {may("placeOrder") && <PlaceForm onPlaced={() => setRecent(recentOrders())} />}
          {may("countStock") && <StockForm />}
        </div>
      )}
    </>
  );
}

/** An index serves it. */
const PENDING = { status: "PENDING", limit: "50" } as const;
const SHOWN = 12;

/** The orders that the emulator accepted last. */
function Latest() {
  const { polled } = usePoll("latest orders", () => observatory.live({ outcome: "accepted" }));
  return (
    <Loaded polled={polled} what="the latest orders">
      {({ entries }) => {
        const orderIds = [...new Set(entries.flatMap(({ orderId }) => orderId ?? []))].slice(0, SHOWN);
        return orderIds.length === 0 ? (
          <Empty>No orders since the emulator started.</Empty>
        ) : (
          <OrderIds title="Latest orders" orderIds={orderIds} />
        );
      }}
    </Loaded>
  );
}

interface OrderIdsProps {
  readonly title: string;
  readonly orderIds: readonly string[];
}

function OrderIds({ title, orderIds }: OrderIdsProps) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul class="plain columns">
        {orderIds.map((orderId) => (
          <li key={orderId}>
            <a data-row href={hrefTo({ kind: "order", orderId })}>
              <code>{orderId}</code>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FindById() {
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const orderId = text.trim().toUpperCase();
    setWrong(!ORDER_ID.test(orderId));
    if (ORDER_ID.test(orderId)) go({ kind: "order", orderId });
  };
  return (
    <search>
      <form class="filter" onSubmit={submit}>
        <label class="grow">
          <span>Order id</span>
          <input
            type="search"
            data-search
            class="mono"
            value={text}
            autocomplete="off"
            spellcheck={false}
            placeholder="26 digits and capital letters"
            aria-invalid={isWrong}
            aria-describedby={isWrong ? "wrong-id" : undefined}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <button type="submit" class="strong">
          Find
        </button>
        {isWrong && (
          <p id="wrong-id" class="bad whole" role="alert">
            An order id has 26 digits and capital letters, without I, L, O and U. Received{" "}
            {text.trim().length} characters.
          </p>
        )}
      </form>
    </search>
  );
}
