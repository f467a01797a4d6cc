import { printableLine } from "../../terminal-text.ts";
import { RequestError } from "../target/request-error.ts";
import { requireRole } from "../target/role-access.ts";
import { type Command, EXIT, onlyArgument, textFlag } from "./command.ts";
import { table } from "./format-table.ts";

export const queuesPeek: Command = {
  name: "queues peek",
  takes: "<queue>",
  summary: "Print the messages in a queue of the emulator without receiving them",
  details: [
    "<queue> is a consumer, or a queue by its name such as order-created-dlq. The oldest 100 messages are printed.",
    "Not for a deployment: SQS shows messages only by receiving them, and each receive counts as an attempt.",
  ],
  flags: { body: { type: "boolean", default: false, help: "Print the body of each message below it" } },
  example: "queues peek order-created-dlq --body",
  async run(context) {
    const asked = onlyArgument(context, "<queue>");
    if (context.flags["body"] === true) requireRole(textFlag(context, "role"), "operator");
    const observatory = await context.observatory();
    const peek = await observatory.peek(asked).catch((error: unknown) => {
      throw error instanceof RangeError ? new RequestError(error.message) : error;
    });
    if (context.json) {
      context.write(`${JSON.stringify(peek)}\n`);
      return EXIT.ok;
    }
    const { queue, messages, total } = peek;
    const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
    const rows = messages.map(({ id, state, sentAt, visibleAt, receives, attributes }) => [
      id,
      state,
      time(sentAt),
      receives,
      time(visibleAt),
      attributes["type"],
    ]);
    const headers = ["KEY", "STATE", "SENT", "RECEIVES", "VISIBLE AT", "TYPE"];
    const [head = "", ...lines] = table(headers, rows, context.columns).split("\n").slice(0, -1);
    const shown = lines.flatMap((line, index) =>
      context.flags["body"] === true ? [line, `  ${printableLine(messages[index]?.body ?? "")}`] : [line],
    );
    const counted =
      total > messages.length ? `the oldest ${messages.length} of ${total} messages` : `${total} messages`;
    context.write(
      `${printableLine(queue)}: ${counted}\n${[head, ...shown]
        .filter((line) => line !== "")
        .map((line) => `${line}\n`)
        .join("")}`,
    );
    return EXIT.ok;
  },
};
