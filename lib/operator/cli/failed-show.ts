import { printableJson } from "../../terminal-text.ts";
import { request, segment } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { onFailedMessage } from "./failed-key.ts";

export const failedShow: Command = {
  name: "failed show",
  takes: "<failedKey>",
  summary: "Show the row of a failed message as JSON",
  flags: {
    body: {
      type: "boolean",
      default: false,
      help: "Print the body alone: byte for byte into a file or pipe, as failed edit takes it; escaped on a terminal",
    },
  },
  example: "failed show order-created~01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:1:order.created",
  async run(context) {
    const { answer: row } = await onFailedMessage(
      context,
      onlyArgument(context, "<failedKey>"),
      (failedKey) =>
        request({ ...context, inLines: false }, { path: `/failed-messages/${segment(failedKey)}` }),
    );
    if (context.flags["body"] === true) context.writeBytes(String(row["body"]));
    else context.write(`${printableJson(JSON.stringify(row, null, context.json ? 0 : 2))}\n`);
    return EXIT.ok;
  },
};
