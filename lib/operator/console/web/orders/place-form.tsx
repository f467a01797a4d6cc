import { useContext, useId, useRef, useState } from "preact/hooks";
import { pluralize } from "../../../observe/count.ts";
import { type Problem, toProblem } from "../fetch-json.ts";
import { ProblemAlert } from "../page/states.tsx";
import { TargetInfo } from "../target-info.ts";
import { go } from "../use-route.ts";
import { placeOrder } from "./orders-api.ts";
import { rememberOrder } from "./recent.ts";

const MAX_ORDERS = 50;

/** Places one order or several identical ones. */
export function PlaceForm({ onPlaced }: { readonly onPlaced: () => void }) {
  const { announce } = useContext(TargetInfo);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  // Submitting again after a failure repeats the same orders.
  const attempt = useRef<{ readonly content: string; readonly key: string } | undefined>(undefined);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(fields.get(name)).trim();
    const order = {
      customerId: text("customerId"),
      contact: { email: text("email") },
      currency: text("currency"),
      lines: [{ sku: text("sku"), quantity: Number(text("quantity")), unitPrice: Number(text("unitPrice")) }],
    };
    const content = JSON.stringify(order);
    if (attempt.current?.content !== content) attempt.current = { content, key: crypto.randomUUID() };
    setBusy(true);
    setProblem(undefined);
    placeAll(order, Number(text("orders")), attempt.current.key)
      .then((orderIds) => {
        attempt.current = undefined;
        announce(`${pluralize(orderIds.length, "order")} placed.`);
        onPlaced();
        const [orderId] = orderIds;
        if (orderId !== undefined && orderIds.length === 1) go({ kind: "order", orderId });
      })
      .catch((error: unknown) => setProblem(toProblem(error)))
      .finally(() => setBusy(false));
  };
  return (
    <form class="sheet" onSubmit={submit} aria-labelledby="place">
      <h2 id="place">Place an order</h2>
      <Field name="sku" label="SKU" value="tea" />
      <Field name="quantity" label="Quantity" value="1" type="number" min={1} />
      <Field name="unitPrice" label="Unit price in cents" value="450" type="number" min={0} />
      <Field name="currency" label="Currency" value="EUR" />
      <Field name="customerId" label="Customer" value="ada" />
      <Field name="email" label="E-mail" value="ada@example.com" />
      <Field name="orders" label="Number of orders" value="1" type="number" min={1} max={MAX_ORDERS} />
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <p class="acts">
        <button type="submit" class="strong" disabled={isBusy}>
          {isBusy ? "Placing …" : "Place"}
        </button>
      </p>
    </form>
  );
}

/** Sequential: the form is not a load test. */
async function placeAll(
  order: Parameters<typeof placeOrder>[0],
  times: number,
  key: string,
): Promise<readonly string[]> {
  const orderIds: string[] = [];
  for (let time = 0; time < times; time++) {
    const { orderId } = await placeOrder(order, `${key}-${time}`);
    rememberOrder(orderId);
    orderIds.push(orderId);
  }
  return orderIds;
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type?: "text" | "number";
  readonly min?: number;
  readonly max?: number;
}

export function Field({ label, value, type = "text", ...more }: FieldProps) {
  const id = useId();
  return (
    <div class="line">
      <label for={id}>{label}</label>
      {type === "number" ? (
        <input id={id} type="number" defaultValue={value} required {...more} />
      ) : (
        <input id={id} defaultValue={value} required autocomplete="off" {...more} />
      )}
    </div>
  );
}
