import type { FailedMessageView } from "../../../functions/contract/operator-answers.ts";
import { printableLine } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { onFailedMessage } from "./failed-key.ts";

export const failedWhy: Command = {
  name: "failed why",
  takes: "<failedKey>",
  summary: "Explain why a message failed and what a redrive would do",
  example: "failed why order-created~01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:1:order.created",
  async run(context) {
    const given = onlyArgument(context, "<failedKey>");
    const { failedKey, answer: row } = await onFailedMessage(context, given, (key) =>
      call(context, "GET /failed-messages/{failedKey}", { failedKey: key }),
    );
    context.write(context.json ? `${JSON.stringify(row.why)}\n` : whyText(failedKey, row));
    return EXIT.ok;
  },
};

function whyText(
  failedKey: string,
  { status, generation, errorName, errorMessage, history, why }: FailedMessageView,
): string {
  const { reason, meaning, differences = [], effect, because, redriveWould, whyNot } = why;
  return [
    `${failedKey}  ${status}, generation ${generation}`,
    `  ${reason}: ${meaning}`,
    ...differences.map((each) => `    ${each}`),
    ...(errorMessage === undefined ? [] : [`  ${errorName}: ${errorMessage}`]),
    `  effect: ${effect}${because === undefined ? "" : ` (${because})`}`,
    `  a redrive would ${redriveWould}${whyNot === undefined ? "" : `: ${whyNot}`}`,
    ...history.map(
      (entry) => `  ${entry.at}  ${entry.act} by ${entry.by}${entry.why ? `: ${entry.why}` : ""}`,
    ),
    "",
  ]
    .map(printableLine)
    .join("\n");
}
