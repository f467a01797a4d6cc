import { printableLine } from "../../terminal-text.ts";
import { type Concern, concernsOf, RECENT_MINUTES } from "../observe/concerns.ts";
import { call } from "../target/api-client.ts";
import { type Command, type CommandContext, EXIT, refuseArguments } from "./command.ts";

export const statusCommand: Command = {
  name: "status",
  takes: "",
  summary: "List what needs an operator, the worst first",
  details: [
    "Consumers whose attempts fail, crashed invocations, errors of the API, failed messages, paused consumers and",
    `active alarms. Crashes and errors are those of the last ${RECENT_MINUTES} minutes, before an alarm goes off.`,
  ],
  example: "status --stage prod",
  async run(context) {
    refuseArguments(context);
    const concerns = await readConcerns(context);
    const lines = concerns.flatMap((concern) => [concern.text, `  ${lookAt(concern)}`]).map(printableLine);
    const text = concerns.length === 0 ? "nothing needs an operator" : lines.join("\n");
    context.write(context.json ? `${JSON.stringify(concerns)}\n` : `${text}\n`);
    return concerns.length === 0 ? EXIT.ok : EXIT.failed;
  },
};

/** What needs an operator, the worst first. */
export async function readConcerns(context: CommandContext): Promise<readonly Concern[]> {
  const observatory = await context.observatory();
  const [metrics, alarms, groups, { consumers }] = await Promise.all([
    observatory.metrics(RECENT_MINUTES),
    observatory.alarms(),
    call(context, "GET /failed-messages/groups"),
    call(context, "GET /consumers"),
  ]);
  return concernsOf({ metrics, alarms, groups, consumers });
}

/** The command that shows more. */
function lookAt({ kind, of }: Concern): string {
  switch (kind) {
    case "crashes":
      return `order-events live --consumer ${of} --outcome crashed --once`;
    case "attempts":
      return `order-events live --consumer ${of} --outcome retry --once`;
    case "api-errors":
      return "order-events alarms --all";
    case "failed":
      return "order-events failed groups";
    case "paused":
      return "order-events consumers";
    case "alarms":
      return "order-events alarms";
  }
}
