import { parseArgs } from "node:util";
import { physicalName } from "../stacks/names.ts";
import type { ApiTarget } from "./api-client.ts";
import { awsAccess, awsTarget, signedFetch } from "./aws-target.ts";
import { breakCommand } from "./break.ts";
import { type Command, EXIT, type ExitCode, type FlagValue, RequestError, UsageError } from "./command.ts";
import { failedDiscard, failedUndo } from "./failed-discard.ts";
import { failedEdit } from "./failed-edit.ts";
import { failedGroups } from "./failed-groups.ts";
import { failedList } from "./failed-list.ts";
import { failedRedrive } from "./failed-redrive.ts";
import { failedShow } from "./failed-show.ts";
import { failedStatus } from "./failed-status.ts";
import { failedWatch } from "./failed-watch.ts";
import { failedWhy } from "./failed-why.ts";
import { mend } from "./mend.ts";
import { ordersCancel } from "./orders-cancel.ts";
import { ordersPlace } from "./orders-place.ts";
import { ordersShow } from "./orders-show.ts";
import { ordersWatch } from "./orders-watch.ts";
import { stockSet } from "./stock-set.ts";
import { stockShow } from "./stock-show.ts";

export const COMMANDS: readonly Command[] = [
  ordersPlace,
  ordersShow,
  ordersWatch,
  ordersCancel,
  stockSet,
  stockShow,
  failedStatus,
  failedGroups,
  failedList,
  failedShow,
  failedWhy,
  failedRedrive,
  failedEdit,
  failedDiscard,
  failedUndo,
  failedWatch,
  breakCommand,
  mend,
];

export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether somebody looks at standard error, where progress is shown. */
  readonly isWatched?: boolean;
  /** Where requests go when `--url` does not say. */
  readonly defaultUrl: () => Promise<string>;
}

const GLOBAL_FLAGS = {
  url: { type: "string" },
  stage: { type: "string" },
  profile: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const GLOBAL_HELP = [
  "--url U        address of the API (default: the stage started last)",
  "--stage S      the deployment of this stage in AWS; requests are signed by the default credentials",
  "--profile P    AWS profile to sign by; with --url, for an API that is found by neither",
  "--json         one JSON document on standard output",
  "--help         this text",
];

/** Runs one command of the command line. Never rejects: what went wrong is written and becomes the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const command = COMMANDS.find(({ name }) => name.split(" ").every((word, index) => args[index] === word));
  if (command === undefined) {
    const asked = args.length === 0 || args.includes("--help") || args.includes("-h");
    if (asked) terminal.write(generalHelp());
    else terminal.writeError(`There is no command "${args.slice(0, 2).join(" ")}".\n\n${generalHelp()}`);
    return args.length > 0 && asked ? EXIT.ok : EXIT.usage;
  }
  try {
    const rest = args.slice(command.name.split(" ").length);
    const { values, positionals } = parse(command, rest);
    if (values["help"] === true) {
      terminal.write(commandHelp(command));
      return EXIT.ok;
    }
    const target = await targetOf(values, terminal);
    const json = values["json"] === true;
    const context = {
      positionals,
      flags: values,
      url: target.url.replace(/\/$/, ""),
      json,
      write: terminal.write,
      progress: progressOn(terminal),
      fetch: target.fetch ?? fetch,
    };
    return await command.run(context);
  } catch (error) {
    return failure(error, command, terminal);
  }
}

/** A stage of this machine, or a deployment in AWS where a stage or a profile is named. */
async function targetOf(
  { url, stage, profile }: Readonly<Record<string, FlagValue>>,
  terminal: Terminal,
): Promise<ApiTarget> {
  if (typeof stage !== "string" && typeof profile !== "string") {
    return { url: typeof url === "string" ? url : await terminal.defaultUrl() };
  }
  if (typeof stage !== "string" && typeof url !== "string") {
    throw new UsageError("--profile needs --stage, or --url");
  }
  const access = await awsAccess(typeof profile === "string" ? profile : undefined);
  if (typeof url === "string") return { url, fetch: signedFetch(access, "execute-api") };
  return awsTarget(physicalName(String(stage), "service"), access);
}

/** One line of the terminal, written over and over; the empty text clears it. */
function progressOn({ isWatched, writeError }: Terminal): (text: string) => void {
  return isWatched === true ? (text) => writeError(`\r\u001b[K${text}`) : () => {};
}

function parse(command: Command, args: readonly string[]) {
  try {
    const options = { ...command.flags, ...GLOBAL_FLAGS };
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Readonly<Record<string, string | boolean | undefined>>, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function failure(error: unknown, command: Command, { writeError }: Terminal): ExitCode {
  if (error instanceof UsageError) {
    writeError(`${error.message}\n\n${commandHelp(command)}`);
    return EXIT.usage;
  }
  writeError(
    `${error instanceof RequestError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  return EXIT.failed;
}

const synopsis = ({ name, takes }: Command) => `order-events ${name}${takes === "" ? "" : ` ${takes}`}`;

function commandHelp(command: Command): string {
  const flags = [...(command.flagHelp ?? []), ...GLOBAL_HELP].map((line) => `  ${line}`);
  return `${synopsis(command)}\n  ${command.summary}\n\n${flags.join("\n")}\n`;
}

function generalHelp(): string {
  const width = Math.max(...COMMANDS.map((command) => synopsis(command).length));
  const lines = COMMANDS.map((command) => `  ${synopsis(command).padEnd(width)}  ${command.summary}`);
  return `${lines.join("\n")}\n\n${GLOBAL_HELP.map((line) => `  ${line}`).join("\n")}\n\nExit codes: 0 done and nothing left, 1 the request failed or failures are left, 2 a redrive was stopped, 3 wrong usage.\n`;
}
