import type { Timeline } from "../observe/view-types.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { table } from "./format-table.ts";

export const ordersTimeline: Command = {
  name: "orders timeline",
  takes: "<orderId>",
  summary: "tell what every function and operator did with an order's events",
  async run(context) {
    const orderId = onlyArgument(context, "<orderId>");
    context.progress("searching the audit lines …");
    const observatory = await context.observatory();
    const timeline = await observatory.timeline(orderId).finally(() => context.progress(""));
    context.write(context.json ? `${JSON.stringify(timeline)}\n` : timelineText(timeline));
    return timeline.entries.length === 0 ? EXIT.failed : EXIT.ok;
  },
};

/** A line for each entry; times after the first are shown by how much later they were. */
function timelineText({ orderId, entries }: Timeline): string {
  const [first] = entries;
  if (first === undefined) return `no audit line tells of ${orderId}: not a known order, or too long ago\n`;
  const rows = entries.map(({ at, source, event, outcome, attempt, detail }) => [
    `+${((at - first.at) / 1_000).toFixed(3)} s`,
    source,
    event?.split(":").slice(1).join(" "),
    outcome,
    attempt !== undefined && attempt > 1 ? `attempt ${attempt}` : "",
    detail ?? "",
  ]);
  const begun = new Date(first.at).toISOString();
  return `${orderId}, from ${begun}\n${table(["AFTER", "BY", "EVENT", "OUTCOME", "", "WHY"], rows)}`;
}
