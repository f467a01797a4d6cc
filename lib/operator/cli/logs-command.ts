import { printableLine } from "../../terminal-text.ts";
import type { InvocationLog } from "../observe/view-types.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  onlyArgument,
  orderArgument,
  textFlag,
  UsageError,
} from "./command.ts";
import { DURATION_EXAMPLES, durationSeconds } from "./duration.ts";

/** Invocations of one order; an order that is retried for long has more. */
const MOST_INVOCATIONS = 20;

export const logsCommand: Command = {
  name: "logs",
  takes: "<requestId>",
  summary: "Print what a function logged during one invocation",
  details: [
    "The request id is in `order-events live --json`, in `orders timeline --json` and in each audit line.",
    "The emulator keeps the latest invocations, and failed ones for longer. A deployment is searched by FilterLogEvents,",
    "without a charge; --function makes that faster.",
  ],
  flags: {
    function: { type: "string", value: "name", help: "The function of the invocation" },
    since: {
      type: "string",
      default: "3h",
      value: "duration",
      help: `Search a deployment this far: ${DURATION_EXAMPLES}`,
    },
  },
  example: "logs 7c0d1c3e-9a55-4c52-8c57-0a5a7e8a4f10 --stage prod --function order-created",
  async run(context) {
    const requestId = onlyArgument(context, "<requestId>");
    const source = textFlag(context, "function");
    const sinceMs = durationSeconds(textFlag(context, "since"), "--since") * 1_000;
    const observatory = await context.observatory();
    context.progress("searching the logs …");
    const log = await observatory
      .invocation({ requestId, sinceMs, ...(source === undefined ? {} : { source }) })
      .catch((error: unknown) => {
        throw error instanceof RangeError ? new UsageError(`--function: ${error.message}`) : error;
      })
      .finally(() => context.progress(""));
    if (context.json) context.write(`${JSON.stringify(log)}\n`);
    else context.write(log.lines.length === 0 ? NO_LINES : invocationText(log));
    return log.lines.length === 0 ? EXIT.failed : EXIT.ok;
  },
};

export const ordersLogs: Command = {
  name: "orders logs",
  takes: "<orderId>",
  summary: "Print the logs of the invocations that processed the events of an order",
  details: [
    `The latest ${MOST_INVOCATIONS} invocations. Their batches may hold messages of other orders.`,
    "For a deployment, Logs Insights finds them: AWS charges for the bytes that it scans.",
  ],
  example: "orders logs 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    const orderId = orderArgument(context);
    context.progress("searching the logs …");
    const logs = await logsOf(context, orderId).finally(() => context.progress(""));
    if (context.json) context.write(`${JSON.stringify(logs)}\n`);
    else context.write(logs.length === 0 ? noLogsOf(orderId) : logs.map(invocationText).join("\n"));
    return logs.length === 0 ? EXIT.failed : EXIT.ok;
  },
};

const NO_LINES = "no lines: the invocation is unknown, or its lines are no longer there\n";

/** An invocation that crashed at the first receive of a message names no message. */
const noLogsOf = (orderId: string): string =>
  `no lines: no function has finished one of its events, or the lines are no longer there\n  order-events orders show ${printableLine(orderId)}  shows where it waits\n`;

async function logsOf(context: CommandContext, orderId: string): Promise<readonly InvocationLog[]> {
  const observatory = await context.observatory();
  const { entries } = await observatory.timeline(orderId);
  const invocations = new Map(
    entries.flatMap(({ requestId, source, at }) =>
      requestId === undefined ? [] : [[requestId, { requestId, source, at }] as const],
    ),
  );
  const logs: InvocationLog[] = [];
  for (const each of [...invocations.values()].slice(-MOST_INVOCATIONS)) {
    const log = await observatory.invocation(each);
    if (log.lines.length > 0) logs.push(log);
  }
  return logs;
}

const INDENT = " ".repeat(18);

/** The function, then a line for each of its lines, with the frames of an error below it. */
function invocationText({ requestId, source = "", lines, isCut }: InvocationLog): string {
  const shown = lines.flatMap(({ at, text, stack = [] }) => [
    `${new Date(at).toISOString().slice(11)}  ${printableLine(text)}`,
    ...stack.map((frame) => `${INDENT}${printableLine(frame)}`),
  ]);
  return `${printableLine(`${source} ${requestId}`)}\n${shown.map((line) => `${line}\n`).join("")}${isCut ? "further lines were left out\n" : ""}`;
}
