import type { ConsumerSwitched, ConsumerView } from "../../../functions/contract/operator-answers.ts";
import { printableLine } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  onlyArgument,
  refuseArguments,
  textFlag,
  UsageError,
} from "./command.ts";
import { AT_ONCE_FLAGS } from "./dry-run-flags.ts";
import { durationText } from "./duration.ts";
import { table } from "./format-table.ts";

export const consumersCommand: Command = {
  name: "consumers",
  takes: "",
  summary: "List the consumers and publishers with their states",
  example: "consumers --stage prod",
  async run(context) {
    refuseArguments(context);
    const { consumers } = await call(context, "GET /consumers");
    if (context.json) context.write(`${JSON.stringify(consumers)}\n`);
    else context.write(consumersText(consumers, context.columns));
    return EXIT.ok;
  },
};

export const consumersPause: Command = {
  name: "consumers pause",
  takes: "<consumer> --why <text>",
  summary: "Pause a consumer: its messages wait until it is resumed",
  details: [
    "It acts at once, without --yes and without a dry run: it is for emergencies, and consumers resume takes it back.",
    "The pause outlives deployments. An alarm goes off when it lasts for more than an hour.",
    "The answer says how long messages are kept while they wait.",
  ],
  flags: {
    ...AT_ONCE_FLAGS,
    why: { type: "string", value: "text", help: "Reason, shown to other operators; required" },
  },
  example: 'consumers pause order-created --why "stock is being counted"',
  async run(context) {
    const consumer = onlyArgument(context, "<consumer>");
    const why = textFlag(context, "why");
    if (why === undefined || why.trim() === "")
      throw new UsageError("--why is required: other operators read why the consumer is paused");
    return write(
      context,
      await call(context, "POST /consumers/{consumer}/pause", { consumer, body: { why } }),
    );
  },
};

export const consumersResume: Command = {
  name: "consumers resume",
  takes: "<consumer>",
  summary: "Resume a paused consumer",
  details: ["It acts at once, without --yes and without a dry run."],
  flags: {
    ...AT_ONCE_FLAGS,
    why: { type: "string", value: "text", help: "Reason, stored with the operator and the time" },
  },
  example: "consumers resume order-created",
  async run(context) {
    const consumer = onlyArgument(context, "<consumer>");
    const body = { why: textFlag(context, "why") };
    return write(context, await call(context, "POST /consumers/{consumer}/resume", { consumer, body }));
  },
};

function write(context: CommandContext, answer: ConsumerSwitched) {
  context.write(context.json ? `${JSON.stringify(answer)}\n` : switchedText(answer));
  return EXIT.ok;
}

function switchedText(consumer: ConsumerSwitched): string {
  const { name, state, isChanged, isSwitching, pause, whilePaused } = consumer;
  const before = isChanged
    ? ""
    : state === "PAUSED"
      ? ` since before: ${actText(pause)}`
      : "; it was not paused";
  const switching = isSwitching
    ? ["Its event source mapping is being switched, which takes up to a minute."]
    : [];
  const lines = [...switching, ...(state === "PAUSED" ? whilePaused : [])];
  return [`${name}  ${state}${before}`, ...lines.map((line) => `  ${line}`), ""]
    .map(printableLine)
    .join("\n");
}

const actText = (act: ConsumerView["pause"]): string =>
  act === undefined ? "" : `${act.at} by ${act.by}${act.why === undefined ? "" : `, ${act.why}`}`;

function consumersText(consumers: readonly ConsumerView[], columns: number | undefined): string {
  const rows = consumers.map(({ name, state, isSwitching, pause, keptSeconds }) => [
    name,
    isSwitching ? `${state} …` : state,
    pause?.at,
    pause?.by,
    pause?.why,
    durationText(keptSeconds),
  ]);
  const paused = consumers.filter(({ state }) => state === "PAUSED");
  const notes = paused.flatMap(({ name, whilePaused }) => whilePaused.map((each) => `${name}: ${each}`));
  const list =
    table(["CONSUMER", "STATE", "SINCE", "BY", "WHY", "MESSAGES KEPT"], rows, columns) || "no consumers\n";
  return list + notes.map((each) => `${printableLine(each)}\n`).join("");
}
