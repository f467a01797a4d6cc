import { declarationOf, QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { printableLine } from "../../terminal-text.ts";
import type { SentEvent } from "../observe/view-types.ts";
import { requireRole } from "../target/role-access.ts";
import { isDeployment } from "./cli-target.ts";
import { type Command, EXIT, textFlag, UsageError } from "./command.ts";
import { EVENT_FLAGS, eventText, eventType } from "./event-text.ts";
import { postToEmulator } from "./post-to-emulator.ts";

export const eventsSend: Command = {
  name: "events send",
  takes: "<type>",
  summary: "Send an event to the topic of the emulator",
  details: [
    "The event is checked before it is sent. Without --order it is about an order that does not exist:",
    "its consumers park it.",
  ],
  flags: {
    ...EVENT_FLAGS,
    to: { type: "string", value: "consumer", help: "To the queue of one consumer (default: to the topic)" },
  },
  example: "events send order.created --order 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E --to order-created",
  async run(context) {
    const type = eventType(context);
    if (await isDeployment(context)) {
      throw new UsageError(
        `events send is for the emulator. With your own permission to publish, run what  order-events events example ${type.type} --as aws  prints`,
      );
    }
    requireRole(textFlag(context, "role"), "operator");
    const body = await eventText(context, type);
    const to = textFlag(context, "to");
    const sent = await postToEmulator<SentEvent>(context, "/_emulator/events", { body, to });
    if (context.json) context.write(`${JSON.stringify(sent)}\n`);
    else context.write(sentText(sent, to));
    const consumer = QUEUE_CONSUMERS.find((name) => name === to);
    if (consumer !== undefined && !declarationOf(consumer).on.includes(type.type)) {
      context.note(`${consumer} does not subscribe to ${type.type}: it ignores the event`);
    }
    return EXIT.ok;
  },
};

function sentText({ eventId, to }: SentEvent, consumer: string | undefined): string {
  const orderId = eventId.split(":")[0] ?? "";
  const where = consumer === undefined ? `the topic, for ${to.join(", ") || "no consumer"}` : consumer;
  return `${printableLine(`${eventId} sent to ${where}`)}\n  order-events orders timeline ${printableLine(orderId)}\n`;
}
