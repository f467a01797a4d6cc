import { printableLine } from "../../terminal-text.ts";
import { withLostAttempts } from "../observe/lost-attempts.ts";
import type { Timeline } from "../observe/view-types.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT, orderArgument } from "./command.ts";
import { table } from "./format-table.ts";
import { orderWaits, waitsText } from "./waits-text.ts";

export const ordersTimeline: Command = {
  name: "orders timeline",
  takes: "<orderId>",
  summary: "Show what functions and operators did with the events of an order",
  example: "orders timeline 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E --stage prod",
  async run(context) {
    const orderId = orderArgument(context);
    context.progress("searching the logs …");
    const observatory = await context.observatory();
    const timeline = await observatory.timeline(orderId).finally(() => context.progress(""));
    const order = await call(context, "GET /orders/{orderId}", { orderId }).catch(() => undefined);
    const waits = order === undefined ? [] : await orderWaits(context, order, timeline.entries);
    context.write(
      context.json
        ? `${JSON.stringify(waits.length === 0 ? timeline : { ...timeline, waits })}\n`
        : timelineText(timeline, context.columns) + waitsText(waits),
    );
    return timeline.entries.length === 0 ? EXIT.failed : EXIT.ok;
  },
};

/** A line for each entry, with the time since the first. */
function timelineText({ orderId: id, entries }: Timeline, columns: number | undefined): string {
  const orderId = printableLine(id);
  const [first] = entries;
  if (first === undefined) return `no audit lines for ${orderId}: the order is unknown or too old\n`;
  const rows = withLostAttempts(entries).map(({ at, source, event, outcome, attempt, detail }) => [
    `+${((at - first.at) / 1_000).toFixed(3)} s`,
    source,
    event?.split(":").slice(1).join(" "),
    outcome,
    // A dead letter counts the attempts of its consumer too.
    attempt !== undefined && attempt > 1 && outcome !== "retried" ? `attempt ${attempt}` : "",
    detail ?? "",
  ]);
  const startedAt = new Date(first.at).toISOString();
  return `${orderId}, from ${startedAt}\n${table(["AFTER", "BY", "EVENT", "OUTCOME", "", "WHY"], rows, columns)}`;
}
