import { setTimeout as wait } from "node:timers/promises";
import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import { PATTERNS } from "../../../functions/contract/patterns.ts";
import { type LiveAnswer, type LiveFilter, OUTCOMES } from "../observe/view-types.ts";
import { isDeployment, readEmulator } from "./cli-target.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  oneOf,
  orderFlag,
  refuseArguments,
  textFlag,
  UsageError,
} from "./command.ts";
import { liveLine } from "./live-text.ts";

const POLL_MS = 1_000;
const AWS_POLL_MS = 5_000;
/** Ids of printed entries; an answer repeats the latest ones alone. */
const MOST_REMEMBERED = 5_000;

export const liveCommand: Command = {
  name: "live",
  takes: "",
  summary: "Follow what functions and operators do with events, until Ctrl-C",
  details: [
    "A line for each attempt and act: time (UTC), consumer, outcome, event, duration, and the error or the reason.",
    "It begins with the latest entries of the emulator, or with the last five minutes of a deployment.",
    "`order-events events show <event>` prints the body of an event.",
    `Outcomes: ${OUTCOMES.join(", ")}, and the acts of operators.`,
    "A deployment is read by FilterLogEvents every five seconds. AWS charges nothing for it. The lines appear after a few",
    "seconds, and in a burst some are left out, which is reported.",
  ],
  flags: {
    consumer: {
      type: "string",
      value: "name",
      help: "Only this consumer or function; operator for operators' acts",
    },
    type: { type: "string", value: "type", help: "Only events of this type, such as order.created" },
    outcome: { type: "string", value: "outcome", help: "Only this outcome" },
    order: { type: "string", value: "orderId", help: "Only this order" },
    once: { type: "boolean", default: false, help: "Print the latest entries and end" },
  },
  example: "live --consumer order-created --outcome retry",
  async run(context) {
    refuseArguments(context);
    const asked = filterOf(context);
    const consumer = await knownConsumer(context, asked.consumer);
    const filter = { ...asked, ...(consumer !== undefined && { consumer }) };
    const observatory = await context.observatory();
    const stopped = context.interruption();
    const printed = new Set<string>();
    let after: string | undefined;
    while (!stopped.aborted) {
      const answer = await observatory.live(filter, after);
      print(context, answer, printed);
      after = answer.cursor;
      if (context.flags["once"] === true) return EXIT.ok;
      const pollMs = context.flags["stage"] === undefined ? POLL_MS : AWS_POLL_MS;
      await wait(pollMs, undefined, { signal: stopped }).catch(() => {});
    }
    return EXIT.interrupted;
  },
};

/** The names of an emulator are known; those of a deployment are read from its logs. */
async function knownConsumer(context: CommandContext, name: string | undefined) {
  if (name === undefined || (await isDeployment(context))) return name;
  const emulator = await readEmulator(context);
  if (emulator === undefined) return name;
  return oneOf(name, "--consumer", [...new Set([...emulator.functions, ...CONSUMER_NAMES, "operator"])]);
}

function filterOf(context: CommandContext): LiveFilter {
  const given = {
    consumer: textFlag(context, "consumer"),
    type: textFlag(context, "type"),
    outcome: textFlag(context, "outcome"),
    orderId: orderFlag(context),
  };
  const { outcome, orderId } = given;
  if (orderId !== undefined && !new RegExp(PATTERNS.orderId.pattern).test(orderId))
    throw new UsageError(`--order must be the id of an order, 26 digits and letters; received ${orderId}`);
  if (outcome !== undefined && !OUTCOMES.some((known) => known === outcome))
    context.note(`${outcome} is no outcome; only acts of operators may have this name`);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Oldest first, as in a log. */
function print(context: CommandContext, { entries, isCut }: LiveAnswer, printed: Set<string>): void {
  if (isCut) context.note("some entries were left out: select fewer by --consumer, --outcome or --order");
  for (const entry of entries.toReversed()) {
    if (printed.has(entry.id)) continue;
    printed.add(entry.id);
    context.write(context.json ? `${JSON.stringify(entry)}\n` : liveLine(entry, context.columns));
  }
  for (const id of printed) {
    if (printed.size <= MOST_REMEMBERED) break;
    printed.delete(id);
  }
}
