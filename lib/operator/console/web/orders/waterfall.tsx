import type { TimelineEntry } from "../../../observe/view-types.ts";
import { ms } from "../format.ts";
import { type Waterfall as Steps, type WaterfallRow, waterfallOf } from "./waterfall-rows.ts";

/** The steps of an order over time: how long each waited and took. */
export function Waterfall({
  entries,
  isDecided,
}: {
  readonly entries: readonly TimelineEntry[];
  readonly isDecided: boolean;
}) {
  const steps = waterfallOf(entries);
  if (steps === undefined) return null;
  return (
    <table class="waterfall">
      <caption class="visually-hidden">Steps of the order: waiting and processing times</caption>
      <thead>
        <tr>
          <th scope="col">step</th>
          <th scope="col">waited</th>
          <th scope="col">took</th>
          <th scope="col">
            {ms(steps.to - steps.from)}{" "}
            <span class="soft">{isDecided ? "in all" : "until the last step"}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {steps.rows.map((row) => (
          <Row key={`${row.startedAt} ${row.source} ${row.type} ${row.attempt}`} row={row} steps={steps} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, steps }: { readonly row: WaterfallRow; readonly steps: Steps }) {
  const { source, type, outcome, attempt, readyAt, startedAt, endedAt } = row;
  const totalMs = Math.max(1, steps.to - steps.from);
  const share = (from: number, to: number) => ({
    left: `${(100 * (from - steps.from)) / totalMs}%`,
    width: `${(100 * (to - from)) / totalMs}%`,
  });
  const isBad = outcome === "retry" || outcome === "park";
  return (
    <tr>
      <th scope="row">
        {source} <span class="soft">{type}</span>{" "}
        <span class={isBad ? "bad" : "soft"}>
          {outcome}
          {attempt > 1 && `, attempt ${attempt}`}
        </span>
      </th>
      <td data-name="waited" class={readyAt === undefined ? "zero" : ""}>
        {readyAt === undefined ? "–" : ms(startedAt - readyAt)}
      </td>
      <td data-name="took">{ms(endedAt - startedAt)}</td>
      <td class="track" aria-hidden="true">
        <span>
          {readyAt !== undefined && <span class="waited" style={share(readyAt, startedAt)} />}
          <span class={isBad ? "took failed" : "took"} style={share(startedAt, endedAt)} />
        </span>
      </td>
    </tr>
  );
}
