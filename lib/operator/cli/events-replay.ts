import { QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { printableLine } from "../../terminal-text.ts";
import { CATALOGUE } from "../events/catalogue.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT, oneOf, orderArgument, textFlag, UsageError } from "./command.ts";
import { CONFIRM_FLAGS, changeFields, dryRunText } from "./dry-run-flags.ts";

const TYPES = CATALOGUE.events.map(({ type }) => type);

export const eventsReplay: Command = {
  name: "events replay",
  takes: "<orderId>",
  summary: "Send one event of an order to one consumer again; dry run without --yes",
  details: ["The consumer ignores an event whose effect is done."],
  flags: {
    event: { type: "string", value: "type", help: `${TYPES.join(", ")}; required` },
    to: { type: "string", value: "consumer", help: `${QUEUE_CONSUMERS.join(", ")}; required` },
    ...CONFIRM_FLAGS,
  },
  example: "events replay 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E --event order.created --to order-created",
  async run(context) {
    const orderId = orderArgument(context);
    const [event, to] = [textFlag(context, "event"), textFlag(context, "to")];
    if (event === undefined || to === undefined) throw new UsageError("--event and --to are required");
    const type = oneOf(event, "--event", TYPES);
    const consumer = oneOf(to, "--to", QUEUE_CONSUMERS);
    const { why, dryRun } = changeFields(context);
    const body = { type, consumer, why, dryRun };
    const answer = await call(context, "POST /orders/{orderId}/replays", { orderId, body });
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    else {
      const { eventId, outcome, because } = answer;
      const reason = because === undefined ? "" : `: ${because}`;
      const line = `${printableLine(`${eventId}  ${outcome} to ${consumer}${reason}`)}\n`;
      context.write(dryRun ? line + dryRunText(true) : line);
    }
    return EXIT.ok;
  },
};
