import { useContext, useEffect, useState } from "preact/hooks";
import { isUnfinished, STATUS_RULES } from "../../../../../functions/contract/order-status.ts";
import type { OrderView } from "../../../../../functions/contract/schemas.ts";
import { count } from "../../../observe/count.ts";
import { observatory, type Problem, toProblem } from "../fetch-json.ts";
import { money } from "../format.ts";
import { Badge } from "../page/badge.tsx";
import { Modal } from "../page/modal.tsx";
import { Loaded, ProblemAlert } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { hrefTo } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { cancelOrder, fetchOrder } from "./orders-api.ts";
import { rememberOrder } from "./recent.ts";
import { Replay } from "./replay.tsx";
import { Timeline } from "./timeline.tsx";
import { Waits } from "./waits.tsx";
import { Waterfall } from "./waterfall.tsx";

/** An order and the timeline of its events. */
export function Order({ orderId }: { readonly orderId: string }) {
  const order = usePoll(`order ${orderId}`, () => fetchOrder(orderId));
  const timeline = usePoll(`timeline ${orderId}`, () => observatory.timeline(orderId), { cost: "manual" });
  const { about, announce } = useContext(TargetInfo);
  const isLoaded = latestValue(order.polled) !== undefined;
  // The order's own error is enough.
  const isUnknown =
    order.polled.kind === "failed" &&
    order.polled.problem.status === 404 &&
    timeline.polled.kind === "failed";
  useEffect(() => {
    if (isLoaded) rememberOrder(orderId);
  }, [isLoaded, orderId]);
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "orders" })}>Orders</a>
      </p>
      <h1>
        <code>{orderId}</code>
      </h1>
      <Loaded polled={order.polled} what="the order">
        {(value) => (
          <>
            <Facts order={value} />
            <Waits order={value} entries={latestValue(timeline.polled)?.entries} />
            <div class="acts">
              <Replay order={value} onDone={announce} />
              {STATUS_RULES[value.status].mayBeCancelled && (
                <Cancel orderId={orderId} onChange={order.refresh} />
              )}
            </div>
          </>
        )}
      </Loaded>
      {!isUnknown && (
        <section aria-labelledby="timeline">
          <div class="split">
            <h2 id="timeline">Timeline</h2>
            {about.where === "aws" && (
              <button type="button" onClick={timeline.refresh}>
                Refresh
              </button>
            )}
          </div>
          <Loaded polled={timeline.polled} what="the timeline">
            {({ entries }) => (
              <>
                <Waterfall entries={entries} isDecided={latestValue(order.polled)?.status !== "PENDING"} />
                <Timeline entries={entries} />
              </>
            )}
          </Loaded>
        </section>
      )}
    </>
  );
}

function Facts({ order }: { readonly order: OrderView }) {
  const { status, reason, customerId, amount, version, stockHeld, createdAt, updatedAt, lines } = order;
  return (
    <>
      <p class="lead">
        <Badge state={status} />{" "}
        {reason !== undefined && (
          <span>
            {reason.code === "OUT_OF_STOCK" ? "out of stock" : "unknown SKU"}: <code>{reason.sku}</code>
          </span>
        )}
        {stockHeld === true && isUnfinished(order) && <span>its stock is still held</span>}
      </p>
      <dl class="facts">
        <dt>customer</dt>
        <dd>{customerId}</dd>
        <dt>amount</dt>
        <dd>{money(amount)}</dd>
        <dt>lines</dt>
        <dd>
          {lines.map(({ sku, quantity, unitPrice }) => (
            <span key={sku} class="piece">
              {count(quantity)} × <code>{sku}</code> at{" "}
              {money({ currency: amount.currency, minorUnits: unitPrice })}
            </span>
          ))}
        </dd>
        <dt>placed</dt>
        <dd>
          <At at={createdAt} />
        </dd>
        <dt>changed</dt>
        <dd>
          <At at={updatedAt} />, version {version}
        </dd>
      </dl>
    </>
  );
}

function Cancel({ orderId, onChange }: { readonly orderId: string; readonly onChange: () => void }) {
  const { about, announce } = useContext(TargetInfo);
  const [problem, setProblem] = useState<Problem>();
  const [isAsking, setAsking] = useState(false);
  const may = useMay();
  if (!about.can.placeOrders || !may("cancelOrder")) return null;
  const act = () => {
    setProblem(undefined);
    cancelOrder(orderId)
      .then(() => {
        setAsking(false);
        announce("The order was cancelled.");
        onChange();
      })
      .catch((error: unknown) => setProblem(toProblem(error)));
  };
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Cancel order …
      </button>
      {isAsking && (
        <Modal title="Cancel this order" onClose={() => setAsking(false)}>
          <p>Its stock is released and the customer gets a mail. A cancelled order stays cancelled.</p>
          {problem !== undefined && <ProblemAlert problem={problem} />}
          <p class="acts">
            <button type="button" class="strong" onClick={act}>
              Cancel order
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Keep order
            </button>
          </p>
        </Modal>
      )}
    </>
  );
}
