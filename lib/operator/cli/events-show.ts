import { printableJson } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";

export const eventsShow: Command = {
  name: "events show",
  takes: "<eventId>",
  summary: "Show the body of an event of an order",
  details: [
    "It is made again from the row of the order, which holds its first and its latest event. `order-events live` and",
    "`orders timeline --json` print the ids of events.",
  ],
  example: "events show 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:1:order.created",
  async run(context) {
    const eventId = onlyArgument(context, "<eventId>");
    const event = await call({ ...context, inLines: false }, "GET /order-events/{eventId}", { eventId });
    context.write(`${printableJson(JSON.stringify(event, null, context.json ? 0 : 2))}\n`);
    return EXIT.ok;
  },
};
