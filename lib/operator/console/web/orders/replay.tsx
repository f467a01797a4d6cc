import { useId, useState } from "preact/hooks";
import { STATUS_RULES } from "../../../../../functions/contract/order-status.ts";
import type { OrderEvent, OrderView } from "../../../../../functions/contract/schemas.ts";
import { eventNamed } from "../../../events/catalogue.ts";
import { DRY_RUN } from "../../../target/dry-run.ts";
import { ActionDialog } from "../page/action-dialog.tsx";
import { useMay } from "../target-info.ts";
import { replayEvent } from "./orders-api.ts";

interface ReplayProps {
  readonly order: OrderView;
  readonly onDone: (message: string) => void;
}

/** An event of the order, and a consumer that subscribes to it by a queue. */
interface Choice {
  readonly type: OrderEvent["type"];
  readonly consumer: string;
}

/** The row of an order holds its first and its latest event. */
function choicesFor({ status }: OrderView): readonly Choice[] {
  const types = new Set([STATUS_RULES[status].event, STATUS_RULES.PENDING.event]);
  return [...types].flatMap((type) =>
    (eventNamed(type)?.consumedBy ?? [])
      .filter(({ transport }) => transport === "SQS queue")
      .map(({ name: consumer }) => ({ type, consumer })),
  );
}

/** Sends one event of an order to one consumer again. */
export function Replay({ order, onDone }: ReplayProps) {
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const hint = useId();
  const choices = choicesFor(order);
  const choice = choices[chosen] ?? choices[0];
  if (!may("replayEvent") || choice === undefined) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Replay an event …
      </button>
      {isOpen && (
        <ActionDialog
          title="Replay an event"
          label="Replay"
          preview={async () => {
            const { because } = await replayEvent(order.orderId, { ...choice, ...DRY_RUN });
            const note = because ?? "an effect that is done is not repeated";
            return {
              text: <p>One event goes to one consumer again: {note}.</p>,
              isPossible: true,
            };
          }}
          action={async (why) => {
            const { eventId, consumer } = await replayEvent(order.orderId, { ...choice, why });
            setOpen(false);
            onDone(`${eventId} was sent to ${consumer}.`);
          }}
          onClose={() => setOpen(false)}
        >
          <label class="line">
            <span>Event and consumer</span>
            <select
              value={chosen}
              aria-describedby={hint}
              onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}
            >
              {choices.map(({ type, consumer }, index) => (
                <option key={`${type} ${consumer}`} value={index}>
                  {type} to {consumer}
                </option>
              ))}
            </select>
          </label>
          <p id={hint} class="hint">
            The row of an order holds its first and its latest event.
          </p>
        </ActionDialog>
      )}
    </>
  );
}
