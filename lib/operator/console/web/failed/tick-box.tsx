/** The tick of one row. With Shift, a click ticks all rows from the last one on. */
export function TickBox({
  label,
  isTicked,
  onTick,
}: {
  readonly label: string;
  readonly isTicked: boolean;
  readonly onTick: (isRange: boolean) => void;
}) {
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={isTicked}
        aria-label={label}
        onClick={(event) => {
          onTick(event.shiftKey);
        }}
      />
    </label>
  );
}
