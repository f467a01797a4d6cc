import {
  type Command,
  type CommandContext,
  refuseArguments,
  textFlag,
  UsageError,
  wholeNumber,
} from "../operator/cli/command.ts";
import { type LimitOptions, readLimitOptions } from "./aws-limits/limit-options.ts";
import { DEFAULT_PORT } from "./default-port.ts";

/** Runs any CDK app. `recordFile` names running emulators to the other commands. */
export const emulatorCommand = (recordFile: string): Command => ({
  name: "emulator",
  takes: "",
  summary: "Run a CDK app in the local emulator",
  details: [
    "Runs the app of the current folder on loopback: functions, queues, topics, tables, APIs and schedules.",
    "Without a flag the app is that of cdk.json. What cannot be run is listed, and the rest runs.",
  ],
  flags: {
    app: { type: "string", value: "command", help: "Command that synthesizes the app, as in cdk.json" },
    assembly: { type: "string", value: "dir", help: "Cloud assembly that was synthesized, such as cdk.out" },
    port: {
      type: "string",
      default: String(DEFAULT_PORT),
      value: "number",
      help: "Port of the first API; further APIs have the next ports; 0 takes any free ones",
    },
    data: {
      type: "string",
      value: "dir",
      help: "Folder that keeps the state over restarts (default: in memory)",
    },
    latency: { type: "string", value: "aws", help: "Gives each SDK call the time that it takes at AWS" },
    quotas: {
      type: "string",
      value: "region",
      help: "Refuses what exceeds the quotas of an AWS region, such as eu-central-1",
    },
    "no-iam": {
      type: "boolean",
      help: "Does not check IAM policies (default: refuses calls that they do not permit)",
    },
  },
  example: 'emulator --app "npx tsx app.ts" --data .data',
  needsTarget: false,
  async run(context) {
    refuseArguments(context);
    refuseTarget(context);
    const [command, assembly, data] = ["app", "assembly", "data"].map((name) => textFlag(context, name));
    if (command !== undefined && assembly !== undefined)
      throw new UsageError("--app and --assembly exclude each other");
    if (data === "") throw new UsageError("--data needs a folder name");
    const limits = limitsOf(context);
    // Loaded here: no other command needs the emulator.
    const { runEmulator } = await import("./run-emulator.ts");
    const { appName, assemblyOf } = await import("./synthesize-app.ts");
    const folder = process.cwd();
    return runEmulator({
      app: { name: await appName(folder) },
      port: wholeNumber(context.flags["port"], "--port", 0, 65_535),
      json: context.json,
      dataDir: data,
      checksPermissions: context.flags["no-iam"] !== true,
      limits,
      recordFile,
      async assembly({ step, line }) {
        if (assembly === undefined) step("Synthesizing the app …");
        return assemblyOf({ command, assembly, folder, onLine: line });
      },
    });
  },
});

function limitsOf(context: CommandContext): LimitOptions {
  try {
    return readLimitOptions({ latency: textFlag(context, "latency"), quotas: textFlag(context, "quotas") });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function refuseTarget(context: CommandContext): void {
  const given = ["url", "stage", "profile"].find((name) => textFlag(context, name) !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} names a target, and an emulator is one itself`);
}
