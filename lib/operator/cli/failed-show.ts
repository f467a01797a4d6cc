import { printableJson } from "../../terminal-text.ts";
import { request, segment } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";

export const failedShow: Command = {
  name: "failed show",
  takes: "<failedKey>",
  summary: "Show the row of a failed message as JSON",
  example: "failed show order-created~01J9ZQ:1:order.created",
  async run(context) {
    const row = await request(context, {
      path: `/failed-messages/${segment(onlyArgument(context, "<failedKey>"))}`,
    });
    context.write(`${printableJson(JSON.stringify(row, null, context.json ? 0 : 2))}\n`);
    return EXIT.ok;
  },
};
