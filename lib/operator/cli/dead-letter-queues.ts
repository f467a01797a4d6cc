import { RequestError } from "../target/request-error.ts";
import { requireRole } from "../target/role-access.ts";
import { readEmulator } from "./cli-target.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  type Flags,
  onlyArgument,
  refuseArguments,
  textFlag,
} from "./command.ts";
import { table } from "./format-table.ts";

const READ_IN_AWS = "aws sqs receive-message --queue-url <dead-letter queue> --message-attribute-names All";
/** With a destination: SQS knows the source of the messages that it moved itself, and of no parked one. */
const REDRIVE_IN_AWS =
  "aws sqs start-message-move-task --source-arn <dead-letter queue> --destination-arn <queue>";

/** Dead-letter queues of any app in the emulator. `failed` is for apps with a failed-message table. */
export const deadLettersList: Command = {
  name: "dead-letters list",
  takes: "",
  summary: "List the dead-letter queues of the emulator, with the reasons of parked messages",
  example: "dead-letters list",
  inDeployment: `in AWS: ${READ_IN_AWS}`,
  async run(context) {
    refuseArguments(context);
    const { sqs, peek, queues } = await deadLettersOf(context);
    const listed = await Promise.all(
      queues.map(async ({ url, sourceUrl: _, ...queue }) => ({ ...queue, first: await peek(sqs, { url }) })),
    );
    if (context.json) context.write(`${JSON.stringify(listed)}\n`);
    else {
      const rows = listed.map(({ queue, source, messages, first }) => {
        const reasons = [...new Set(first.map(({ reason }) => reason))].join(", ");
        return [queue, messages, source, reasons === "" ? undefined : reasons, first[0]?.error];
      });
      context.write(
        table(["QUEUE", "MESSAGES", "SOURCE", "REASONS", "ERROR"], rows, context.columns) ||
          "no dead-letter queues\n",
      );
    }
    return listed.some(({ messages }) => messages > 0) ? EXIT.failed : EXIT.ok;
  },
};

const YES: Flags = {
  yes: { type: "boolean", default: false, help: "Redrive; without it, the command is a dry run" },
};

export const deadLettersRedrive: Command = {
  name: "dead-letters redrive",
  takes: "<queue>",
  summary: "Redrive the messages of a dead-letter queue of the emulator to its source; dry run without --yes",
  details: [`In AWS: ${REDRIVE_IN_AWS}`],
  flags: YES,
  example: "dead-letters redrive payments-dlq --yes",
  inDeployment: `in AWS: ${REDRIVE_IN_AWS}`,
  async run(context) {
    const name = onlyArgument(context, "<queue>");
    requireRole(textFlag(context, "role"), "administrator");
    const { sqs, redriveQueue, queues } = await deadLettersOf(context);
    const found = queues.find(({ queue }) => queue === name);
    if (found === undefined) {
      const known = queues.map(({ queue }) => queue).join(", ");
      throw new RequestError(`There is no dead-letter queue ${name}; there are ${known || "none"}.`);
    }
    const { queue, source, messages } = found;
    const isDry = context.flags["yes"] !== true;
    const count = isDry ? messages : await redriveQueue(sqs, found);
    if (context.json) context.write(`${JSON.stringify({ queue, source, messages: count, dryRun: isDry })}\n`);
    else if (isDry) context.write(`${count} of ${queue} would be sent to ${source}; to apply:  --yes\n`);
    else context.write(`${count} of ${queue} sent to ${source}\n`);
    return EXIT.ok;
  },
};

async function deadLettersOf(context: CommandContext) {
  const endpoints = (await readEmulator(context))?.endpoints;
  if (endpoints === undefined)
    throw new RequestError(`${context.url} is not an emulator: it names no queues`);
  // Loaded here: no other command needs the client.
  const { emulatorSqs, findDeadLetterQueues, ...rest } = await import("../target/sqs-dead-letters.ts");
  const sqs = emulatorSqs(endpoints.sqs, endpoints.region);
  return { ...rest, sqs, queues: await findDeadLetterQueues(sqs) };
}
