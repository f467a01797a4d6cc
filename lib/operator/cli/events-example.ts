import { printableJson, printableLine } from "../../terminal-text.ts";
import { asAwsPublish, asCurl, type EventTopic } from "../events/copy-as.ts";
import { RequestError } from "../target/request-error.ts";
import { isDeployment, readEmulator } from "./cli-target.ts";
import { type Command, type CommandContext, EXIT, oneOf, textFlag, UsageError } from "./command.ts";
import { EVENT_FLAGS, eventText, eventType } from "./event-text.ts";

export const eventsExample: Command = {
  name: "events example",
  takes: "<type>",
  summary: "Print a valid event of a type, or a command that sends it",
  flags: {
    ...EVENT_FLAGS,
    as: {
      type: "string",
      value: "format",
      default: "json",
      help: "json, curl (to the emulator), or aws: aws sns publish with your own permission",
    },
    to: { type: "string", value: "consumer", help: "With --as curl: to the queue of one consumer" },
  },
  example: "events example order.created --as aws --stage prod",
  async run(context) {
    const as = oneOf(textFlag(context, "as") ?? "json", "--as", ["json", "curl", "aws"]);
    const type = eventType(context);
    const body = await eventText(context, type);
    if (as === "json")
      context.write(`${printableJson(context.json ? JSON.stringify(JSON.parse(body)) : body)}\n`);
    else context.write(`${await commandFor(context, as, body, type.type)}\n`);
    return EXIT.ok;
  },
};

async function commandFor(context: CommandContext, as: string, body: string, type: string): Promise<string> {
  const compact = printableJson(JSON.stringify(JSON.parse(body)));
  if (as === "aws") return printableLine(asAwsPublish(await topicOf(context), compact, type));
  if (await isDeployment(context))
    throw new UsageError("--as curl is for the emulator; for a deployment: --as aws");
  return printableLine(asCurl(context.url, compact, textFlag(context, "to")));
}

/** The topic of the events of the target. */
async function topicOf(context: CommandContext): Promise<EventTopic> {
  const { topicArn } = context;
  if (topicArn !== undefined) return { arn: topicArn, region: topicArn.split(":")[3] ?? "" };
  const topic = (await readEmulator(context))?.topic;
  if (topic !== undefined) return topic;
  throw new RequestError(`the topic of ${context.url} is not known: pass --stage`);
}
