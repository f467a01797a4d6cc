import { type Ticks, tickRow } from "./ticks.ts";

/** The tick of one row. With Shift, a click ticks all rows from the last one on. */
export function TickBox({
  failedKey,
  ticks: { items, ticked, change },
}: {
  readonly failedKey: string;
  readonly ticks: Ticks;
}) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={ticked.messages.has(failedKey)}
        aria-label={`Tick ${failedKey}`}
        onClick={({ shiftKey }) => change(tickRow(ticked, items, failedKey, shiftKey))}
      />
    </label>
  );
}
