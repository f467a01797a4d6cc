import { useContext, useState } from "preact/hooks";
import { Empty } from "../page/states.tsx";
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
      ) : recent.length > 0 ? (
        <section aria-labelledby="recent">
          <h2 id="recent">Recent orders</h2>
          <ul class="plain columns">
            {recent.map((orderId) => (
              <li key={orderId}>
                <a data-row href={hrefTo({ kind: "order", orderId })}>
                  <code>{orderId}</code>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <Empty>
          No order was opened or placed in this tab. Order ids are in the responses of POST /orders, in mails
          and in failed messages.
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
