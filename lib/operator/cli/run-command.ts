import { parseArgs } from "node:util";
import { physicalName } from "../../constructs/resource-names.ts";
import { httpObservatory } from "../observe/http-observatory.ts";
import type { ApiTarget } from "../target/api-client.ts";
import { awsAccess, awsTarget, signedFetch } from "../target/aws-target.ts";
import { credentialAdvice, isRefusedCredential } from "../target/credential-advice.ts";
import { RequestError } from "../target/request-error.ts";
import { breakCommand } from "./break.ts";
import { targetText } from "./cli-target.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  type ExitCode,
  type FlagValue,
  UsageError,
} from "./command.ts";
import { consoleCommand } from "./console-command.ts";
import { failedDiscard, failedUndo } from "./failed-discard.ts";
import { failedEdit } from "./failed-edit.ts";
import { failedGroups } from "./failed-groups.ts";
import { failedList } from "./failed-list.ts";
import { failedRedrive } from "./failed-redrive.ts";
import { failedShow } from "./failed-show.ts";
import { failedStatus } from "./failed-status.ts";
import { failedWatch } from "./failed-watch.ts";
import { failedWhy } from "./failed-why.ts";
import { GLOBAL_FLAGS, globalFirst, profileIn } from "./global-flags.ts";
import { commandHelp, generalHelp, helpOn, moreHelp, unknownText } from "./help.ts";
import { load } from "./load.ts";
import { mend } from "./mend.ts";
import { ordersCancel } from "./orders-cancel.ts";
import { ordersPlace } from "./orders-place.ts";
import { ordersRepublish } from "./orders-republish.ts";
import { ordersShow } from "./orders-show.ts";
import { ordersTimeline } from "./orders-timeline.ts";
import { ordersWatch } from "./orders-watch.ts";
import { stockSet } from "./stock-set.ts";
import { stockShow } from "./stock-show.ts";

export const COMMANDS: readonly Command[] = [
  ordersPlace,
  ordersShow,
  ordersWatch,
  ordersCancel,
  ordersTimeline,
  ordersRepublish,
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
  load,
  consoleCommand,
  breakCommand,
  mend,
];

export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether somebody looks at standard error, where progress is shown. */
  readonly hasAlarm?: boolean;
  /** Where requests go when `--url` does not say. */
  readonly defaultUrl: () => Promise<string>;
}

/** Runs one command of the command line. Never rejects: what went wrong is written and becomes the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { words, flags } = globalFirst(args);
  const command = COMMANDS.find(({ name }) => name.split(" ").every((word, index) => words[index] === word));
  if (command === undefined) {
    const asked = args.length === 0 || args.includes("--help") || args.includes("-h");
    if (asked) terminal.write(words.length === 0 ? generalHelp(COMMANDS) : helpOn(words, COMMANDS));
    else terminal.writeError(unknownText(words, COMMANDS));
    return args.length > 0 && asked ? EXIT.ok : EXIT.usage;
  }
  try {
    const rest = [...flags, ...words.slice(command.name.split(" ").length)];
    const { values, positionals } = parse(command, rest);
    if (values["help"] === true) {
      terminal.write(commandHelp(command));
      return EXIT.ok;
    }
    const target = await targetOf(values, terminal);
    const json = values["json"] === true;
    const context: CommandContext = {
      positionals,
      flags: values,
      url: target.url.replace(/\/$/, ""),
      json,
      write: terminal.write,
      progress: progressOn(terminal),
      note: (text) => terminal.writeError(`${text}\n`),
      fetch: target.fetch ?? fetch,
      observatory: target.observatory,
      ...(target.consumers === undefined ? {} : { consumers: target.consumers }),
    };
    if (values["yes"] === true) context.note(`at ${await targetText(context)}`);
    return await command.run(context);
  } catch (error) {
    return failure(error, command, terminal, profileIn(args));
  }
}

type Target = ApiTarget & Pick<CommandContext, "observatory" | "consumers">;

/** An emulator on this machine, or a deployment in AWS where a stage or a profile is named. */
async function targetOf(
  { url, stage, profile }: Readonly<Record<string, FlagValue>>,
  terminal: Terminal,
): Promise<Target> {
  if (typeof stage !== "string" && typeof profile !== "string") {
    const local = { url: typeof url === "string" ? url : await terminal.defaultUrl() };
    return { ...local, observatory: async () => httpObservatory(local) };
  }
  if (typeof stage !== "string" && typeof url !== "string") {
    throw new UsageError("--profile needs --stage, or --url");
  }
  const access = await awsAccess(typeof profile === "string" ? profile : undefined);
  const observatory = async () => {
    if (typeof stage !== "string")
      throw new UsageError("this needs --stage: it looks for names of the stage");
    // Loaded here: it brings three clients of AWS with it.
    const { awsObservatory } = await import("../observe/aws-observatory.ts");
    return awsObservatory({ stage, access });
  };
  if (typeof url === "string") return { url, fetch: signedFetch(access, "execute-api"), observatory };
  return { ...(await awsTarget(physicalName(String(stage), "service"), access)), observatory };
}

/** One line of the terminal, written over and over; the empty text clears it. */
function progressOn({ hasAlarm, writeError }: Terminal): (text: string) => void {
  return hasAlarm === true ? (text) => writeError(`\r\u001b[K${text}`) : () => {};
}

/** Before a negative number: it is a value that a command can say its range about, and no unknown flag. */
const NEGATIVE = "\u0000";
const unmarked = <T>(value: T): T =>
  typeof value === "string" && value.startsWith(NEGATIVE) ? (value.slice(1) as T) : value;

function parse(command: Command, args: readonly string[]) {
  try {
    const options = { ...command.flags, ...GLOBAL_FLAGS };
    const marked = args.map((arg) => (/^-\d/.test(arg) ? `${NEGATIVE}${arg}` : arg));
    const { values, positionals } = parseArgs({ args: marked, options, allowPositionals: true });
    const plain = Object.entries(values).map(([name, value]) => [name, unmarked(value)] as const);
    return {
      values: Object.fromEntries(plain) as Readonly<Record<string, FlagValue>>,
      positionals: positionals.map(unmarked),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function failure(
  error: unknown,
  command: Command,
  { writeError }: Terminal,
  profile: string | undefined,
): ExitCode {
  if (error instanceof UsageError) {
    writeError(`${error.message}\n${moreHelp(command.name)}`);
    return EXIT.usage;
  }
  const told = isRefusedCredential(error) ? credentialAdvice(profile, error) : error;
  writeError(`${told instanceof RequestError ? told.message : told instanceof Error ? told.stack : told}\n`);
  return EXIT.failed;
}
