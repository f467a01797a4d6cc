import { useContext, useState } from "preact/hooks";
import type { StockView } from "../../../../../functions/contract/schemas.ts";
import { count } from "../../../observe/count.ts";
import { type Problem, toProblem } from "../fetch-json.ts";
import { ProblemAlert } from "../page/states.tsx";
import { TargetInfo } from "../target-info.ts";
import { fetchStock, setStock } from "./orders-api.ts";
import { Field } from "./place-form.tsx";

/** Shows the stock of a SKU and sets its counted units. */
export function StockForm() {
  const { announce } = useContext(TargetInfo);
  const [stock, setStockView] = useState<StockView>();
  const [problem, setProblem] = useState<Problem>();

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const sku = String(fields.get("sku")).trim();
    const isRead = event.submitter?.getAttribute("value") === "show";
    const response = isRead ? fetchStock(sku) : setStock(sku, Number(fields.get("onHand")));
    setProblem(undefined);
    response
      .then((found) => {
        setStockView(found);
        announce(`${found.sku}: ${found.available} available.`);
      })
      .catch((error: unknown) => {
        setStockView(undefined);
        setProblem(toProblem(error));
      });
  };
  return (
    <form class="sheet" onSubmit={submit} aria-labelledby="stock">
      <h2 id="stock">Count stock</h2>
      <Field name="sku" label="SKU" value="tea" />
      <Field name="onHand" label="Counted units" value="100" type="number" min={0} />
      {stock !== undefined && (
        <p>
          <strong>{stock.sku}</strong>: {count(stock.onHand)} on hand, {count(stock.held)} held for orders,{" "}
          <b>{count(stock.available)} available</b>
        </p>
      )}
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <p class="acts">
        <button type="submit" class="strong">
          Set
        </button>
        <button type="submit" value="show">
          Show
        </button>
      </p>
    </form>
  );
}
