import { type Command, EXIT, refuseArguments } from "./command.ts";
import { table } from "./format-table.ts";

export const queuesCommand: Command = {
  name: "queues",
  takes: "",
  summary: "List the queues with their waiting messages and dead letters",
  details: ["The queues of RabbitMQ are one line for each consumer. For a deployment they are not listed."],
  example: "queues --stage prod",
  async run(context) {
    refuseArguments(context);
    const queues = await (await context.observatory()).queues();
    const rows = queues.map(({ consumer, waiting, inFlight, oldestSeconds, deadLetters, undelivered }) => [
      consumer,
      waiting,
      inFlight,
      oldestSeconds === undefined ? undefined : `${oldestSeconds} s`,
      deadLetters,
      undelivered,
    ]);
    context.write(
      context.json
        ? `${JSON.stringify(queues)}\n`
        : table(
            ["QUEUE", "WAITING", "IN FLIGHT", "OLDEST", "DEAD LETTERS", "UNDELIVERED"],
            rows,
            context.columns,
          ) || "no queues\n",
    );
    return EXIT.ok;
  },
};

export const alarmsCommand: Command = {
  name: "alarms",
  takes: "",
  summary: "List active alarms with their reasons",
  details: ["Their runbooks are in lib/stacks/runbooks.md, and in the console."],
  flags: { all: { type: "boolean", default: false, help: "List inactive alarms too" } },
  example: "alarms --stage prod",
  async run(context) {
    refuseArguments(context);
    const alarms = await (await context.observatory()).alarms();
    const active = alarms.filter(({ state }) => state === "ALARM");
    const shown = context.flags["all"] === true ? alarms : active;
    const rows = shown.map(({ name, state, since, description }) => [
      name,
      state,
      new Date(since).toISOString(),
      description,
    ]);
    context.write(
      context.json
        ? `${JSON.stringify(shown)}\n`
        : table(["ALARM", "STATE", "SINCE", "DESCRIPTION"], rows, context.columns) || "no active alarms\n",
    );
    return active.length === 0 ? EXIT.ok : EXIT.failed;
  },
};
