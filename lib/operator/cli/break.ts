import {
  type Command,
  type CommandContext,
  EXIT,
  optionalArgument,
  textFlag,
  UsageError,
} from "./command.ts";
import { DURATION_EXAMPLES, durationSeconds } from "./duration.ts";
import { changeFaults, readFaults, writeFaults } from "./fault-text.ts";
import { NOT_IN_DEPLOYMENT, postToEmulator, requireEmulator } from "./post-to-emulator.ts";

const DEFAULT_DURATION = "60s";

export const breakCommand: Command = {
  name: "break",
  takes: "[target]",
  summary: "Break a part of the local emulator; without a target, list what is broken",
  details: [
    "function:<name>  a function fails",
    "table:<name>     calls of a table fail",
    "mail             mails cannot be sent",
    "conflicts        writes to tables fail with a transaction conflict",
    "kafka            the broker is killed; needs an emulator with its own broker: npm start -- --kafka",
    "rabbitmq         the broker is killed; needs an emulator with its own broker: npm start -- --rabbitmq",
    "rabbitmq-full    its queues are full, and nothing reads them",
    "rabbitmq-unbound no queue is bound to its exchange",
    "message          two messages that cannot be processed are sent to the queue of order-created",
  ],
  flags: {
    rate: {
      type: "string",
      default: "1",
      value: "number",
      help: "Share of calls that fail, above 0 and at most 1; a broker takes none",
    },
    for: {
      type: "string",
      default: DEFAULT_DURATION,
      value: "duration",
      help: `Duration: ${DURATION_EXAMPLES}`,
    },
  },
  inDeployment: NOT_IN_DEPLOYMENT,
  example: "break function:order-created --rate 0.5 --for 2m",
  async run(context) {
    const target = optionalArgument(context, "[target]");
    const rate = rateOf(context);
    const forSeconds = durationSeconds(textFlag(context, "for"), "--for");
    const isPlain = rate === 1 && context.flags["for"] === DEFAULT_DURATION;
    if (target === undefined) {
      if (!isPlain) throw new UsageError("--rate and --for need a target");
      await requireEmulator(context);
      writeFaults(context, await readFaults(context));
    } else if (target === "message") {
      if (!isPlain) throw new UsageError("break message sends two messages: it takes no --rate and no --for");
      await sendBadMessages(context);
    } else await changeFaults(context, { break: target, rate, forSeconds });
    return EXIT.ok;
  },
};

/** Breaks nothing: for practice with failed messages. */
async function sendBadMessages(context: CommandContext): Promise<void> {
  const messages = await postToEmulator<readonly { readonly failedKey: string; readonly what: string }[]>(
    context,
    "/_emulator/messages",
    {},
  );
  if (context.json) {
    context.write(`${JSON.stringify(messages)}\n`);
    return;
  }
  const lines = messages.map(({ failedKey, what }) => `${what}\n  order-events failed why ${failedKey}\n`);
  const faults = await readFaults(context);
  const isBroken = faults.some(({ text }) => text === "function:order-created");
  const when = isBroken ? "once order-created is mended" : "in a moment";
  context.write(`sent to the queue of order-created; each is parked ${when}:\n${lines.join("")}`);
}

function rateOf(context: CommandContext): number {
  const rate = Number(textFlag(context, "rate"));
  if (rate > 0 && rate <= 1) return rate;
  throw new UsageError(`--rate must be above 0 and at most 1; received ${context.flags["rate"]}`);
}
