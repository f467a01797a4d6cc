import { type Command, type CommandContext, EXIT, onlyArgument, textFlag, UsageError } from "./command.ts";
import { secondsOf, TIMES } from "./duration.ts";
import { askEmulator, readFaults, switchFaults } from "./fault-text.ts";

export const breakCommand: Command = {
  name: "break",
  takes: "<target>",
  summary: "break something of the stage: function:<name>, table:<name>, mail, conflicts, kafka or message",
  flags: { rate: { type: "string", default: "1" }, for: { type: "string", default: "60s" } },
  flagHelp: [
    "kafka          needs a stage with a broker of its own: npm start -- --kafka",
    "message        puts two messages that cannot be processed into the queue of order-created, and breaks nothing",
    "--rate R       share of calls that fail, above 0 up to 1 (default 1)",
    `--for T        how long: ${TIMES} (default 60s)`,
  ],
  async run(context) {
    const target = onlyArgument(context, "<target>");
    const rate = rateOf(context);
    const forSeconds = secondsOf(textFlag(context, "for"), "--for");
    if (target === "message") await putMessages(context);
    else await switchFaults(context, { break: target, rate, forSeconds });
    return EXIT.ok;
  },
};

/** For who wants to see what becomes of such messages, and practise looking after them. */
async function putMessages(context: CommandContext): Promise<void> {
  const messages = (await askEmulator(context, "/_emulator/messages", {})) as unknown as readonly {
    readonly failedKey: string;
    readonly what: string;
  }[];
  if (context.json) {
    context.write(`${JSON.stringify(messages)}\n`);
    return;
  }
  const lines = messages.map(({ failedKey, what }) => `${what}\n  order-events failed why ${failedKey}\n`);
  const faults = await readFaults(context);
  const isBroken = faults.some(({ text }) => text === "function:order-created");
  const when = isBroken ? "once order-created is mended" : "in a moment";
  context.write(`put into the queue of order-created; each is parked ${when}:\n${lines.join("")}`);
}

function rateOf(context: CommandContext): number {
  const rate = Number(textFlag(context, "rate"));
  if (rate > 0 && rate <= 1) return rate;
  throw new UsageError(`--rate is above 0 and at most 1; received ${context.flags["rate"]}`);
}
