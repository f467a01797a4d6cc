import { printableJson } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
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
    const given = onlyArgument(context, "<failedKey>");
    const target = { ...context, inLines: false };
    const readBody = (failedKey: string) =>
      call(target, "GET /failed-message-bodies/{failedKey}", { failedKey });
    if (context.flags["body"] === true) {
      const { answer: held } = await onFailedMessage(context, given, readBody);
      context.writeBytes(held.body);
      return EXIT.ok;
    }
    const { failedKey, answer: row } = await onFailedMessage(context, given, (key) =>
      call(target, "GET /failed-messages/{failedKey}", { failedKey: key }),
    );
    const held = await readBody(failedKey).catch((error: unknown) => {
      if (!(error instanceof RequestError) || error.status !== 403) throw error;
      context.note("without the body and the attributes, which the role reader has no permission for");
      return {};
    });
    context.write(`${printableJson(JSON.stringify({ ...row, ...held }, null, context.json ? 0 : 2))}\n`);
    return EXIT.ok;
  },
};
