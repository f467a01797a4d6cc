import { parseArgs } from "node:util";
import { SERVICE } from "../../../functions/contract/names.ts";
import { ROLES } from "../../../functions/contract/roles.ts";
import { physicalName } from "../../constructs/resource-names.ts";
import { printable, printableJson, printableLine } from "../../terminal-text.ts";
import { httpObservatory } from "../observe/http-observatory.ts";
import type { Observatory } from "../observe/observatory.ts";
import type { WaitingMessage } from "../observe/view-types.ts";
import type { ApiTarget } from "../target/api-client.ts";
import { awsAccess, awsTarget, emulatorAccess, signedFetch } from "../target/aws-target.ts";
import { credentialAdvice, isRefusedCredential } from "../target/credential-advice.ts";
import { RequestError } from "../target/request-error.ts";
import { isPermitted, requireRole, roleByFlag } from "../target/role-access.ts";
import { breakCommand } from "./break.ts";
import { describeTarget } from "./cli-target.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  type ExitCode,
  type FlagValue,
  oneOf,
  UsageError,
} from "./command.ts";
import { consoleCommand } from "./console-command.ts";
import { deadLettersList, deadLettersRedrive } from "./dead-letter-queues.ts";
import { didYouMean } from "./did-you-mean.ts";
import { eventsExample } from "./events-example.ts";
import { eventsExport } from "./events-export.ts";
import { eventsList } from "./events-list.ts";
import { eventsReplay } from "./events-replay.ts";
import { eventsSend } from "./events-send.ts";
import { eventsShow } from "./events-show.ts";
import { failedDiscard, failedUndo } from "./failed-discard.ts";
import { failedEdit } from "./failed-edit.ts";
import { failedGroups } from "./failed-groups.ts";
import { failedList } from "./failed-list.ts";
import { failedRedrive } from "./failed-redrive.ts";
import { failedShow } from "./failed-show.ts";
import { failedStatus } from "./failed-status.ts";
import { failedWatch } from "./failed-watch.ts";
import { failedWhy } from "./failed-why.ts";
import { GLOBAL_FLAGS, profileIn, splitLeadingFlags } from "./global-flags.ts";
import { commandHelp, generalHelp, helpOn, seeHelp, unknownText } from "./help.ts";
import { jobsAbort, jobsList, jobsShow, jobsWatch } from "./job-commands.ts";
import { liveCommand } from "./live-command.ts";
import { load } from "./load.ts";
import { logsCommand, ordersLogs } from "./logs-command.ts";
import { mailsUnsuppress } from "./mails-unsuppress.ts";
import { mend } from "./mend.ts";
import { ordersCancel } from "./orders-cancel.ts";
import { ordersList } from "./orders-list.ts";
import { ordersPlace } from "./orders-place.ts";
import { ordersRepublish } from "./orders-republish.ts";
import { ordersShow } from "./orders-show.ts";
import { ordersTimeline } from "./orders-timeline.ts";
import { ordersWatch } from "./orders-watch.ts";
import { consumersCommand, consumersPause, consumersResume } from "./pause-and-resume.ts";
import { alarmsCommand, queuesCommand } from "./queues-and-alarms.ts";
import { queuesPeek } from "./queues-peek.ts";
import { statusCommand } from "./status.ts";
import { stockSet } from "./stock-set.ts";
import { stockShow } from "./stock-show.ts";

export const COMMANDS: readonly Command[] = [
  ordersPlace,
  ordersList,
  ordersShow,
  ordersWatch,
  ordersCancel,
  ordersTimeline,
  ordersLogs,
  ordersRepublish,
  stockSet,
  stockShow,
  statusCommand,
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
  jobsList,
  jobsShow,
  jobsWatch,
  jobsAbort,
  mailsUnsuppress,
  deadLettersList,
  deadLettersRedrive,
  queuesPeek,
  queuesCommand,
  alarmsCommand,
  eventsList,
  eventsExample,
  eventsShow,
  eventsSend,
  eventsReplay,
  eventsExport,
  consumersPause,
  consumersResume,
  consumersCommand,
  liveCommand,
  logsCommand,
  load,
  consoleCommand,
  breakCommand,
  mend,
];

export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether standard error is a terminal, which shows progress. */
  readonly isInteractive?: boolean;
  /** Whether standard output is a terminal. */
  readonly isTerminal?: boolean;
  /** Characters in a line of standard output, where it is a terminal. */
  readonly columns?: number | undefined;
  /** Aborts at the first Ctrl-C after the call; a second one ends the process. Absent: never. */
  readonly interruption?: () => AbortSignal;
  readonly version?: string;
  /** The address without `--url`. */
  readonly defaultUrl: () => Promise<string>;
  /** Commands of other parts of the program. */
  readonly commands?: readonly Command[];
}

/**
 * Runs one command. Never rejects: an error is written to standard error and becomes the exit code. Responses may hold
 * any character; what reaches the terminal is printable.
 */
export async function runCommandLine(given: readonly string[], raw: Terminal): Promise<ExitCode> {
  const args = given[0] === "help" ? [...given.slice(1), "--help"] : given;
  const terminal: Terminal = {
    ...raw,
    write: (text) => raw.write(printable(text)),
    writeError: (text) => raw.writeError(printable(text)),
  };
  const { words, flags } = splitLeadingFlags(args);
  const commands = [...COMMANDS, ...(raw.commands ?? [])];
  const command = commands.find(({ name }) => name.split(" ").every((word, index) => words[index] === word));
  if (args.includes("--version")) {
    terminal.write(`order-events ${raw.version ?? "of the sources"}\n`);
    return EXIT.ok;
  }
  if (command === undefined) {
    const isHelp = args.length === 0 || args.includes("--help") || args.includes("-h");
    const help =
      words.length === 0
        ? generalHelp(commands, [...ANY_APP, ...(raw.commands ?? []).map(({ name }) => name)])
        : helpOn(words, commands);
    const wrong = flags.find(
      (flag) => flag.startsWith("--") && !GLOBAL_NAMES.includes(flag.split("=")[0] ?? ""),
    );
    if (words.length === 0 && wrong !== undefined) {
      terminal.writeError(`${printableLine(unknownOption(wrong, GLOBAL_NAMES))}\n${seeHelp()}`);
    } else if (!isHelp || help === undefined) terminal.writeError(unknownText(words, commands));
    else terminal.write(help);
    return args.length > 0 && isHelp && help !== undefined ? EXIT.ok : EXIT.usage;
  }
  let url: string | undefined;
  try {
    const rest = [...flags, ...words.slice(command.name.split(" ").length)];
    const { values: parsed, positionals } = parse(command, rest);
    if (parsed["help"] === true) {
      terminal.write(commandHelp(command));
      return EXIT.ok;
    }
    const { role } = parsed;
    const values = typeof role === "string" ? { ...parsed, role: oneOf(role, "--role", ROLES) } : parsed;
    // Before credentials are looked for.
    if (command.inDeployment !== undefined && (values["stage"] ?? values["profile"]) !== undefined)
      throw new UsageError(`${command.name} is for the emulator; ${command.inDeployment}`);
    const target = command.needsTarget === false ? NO_TARGET : await targetOf(values, terminal);
    url = target.url;
    const json = values["json"] === true;
    const context: CommandContext = {
      positionals,
      flags: values,
      url: target.url.replace(/\/$/, ""),
      json,
      inLines: !json,
      writeBytes: raw.isTerminal === true ? terminal.write : raw.write,
      write: json ? (text) => raw.write(printableJson(text)) : terminal.write,
      progress: progressOn(raw),
      note: (text) => terminal.writeError(`${printableLine(text)}\n`),
      columns: raw.columns,
      interruption: raw.interruption ?? (() => new AbortController().signal),
      fetch: target.fetch ?? fetch,
      observatory: target.observatory,
      ...(target.consumers === undefined ? {} : { consumers: target.consumers }),
      ...(target.topicArn === undefined ? {} : { topicArn: target.topicArn }),
      ...(target.getRole === undefined ? {} : { getRole: target.getRole }),
    };
    if (values["yes"] === true) context.note(`target: ${await describeTarget(context)}`);
    return await command.run(context);
  } catch (error) {
    const status = error instanceof RequestError ? error.status : undefined;
    const isAnswered = status !== undefined && status < 500;
    const needsOrders = !ANY_APP.includes(command.name);
    const reason = isAnswered && needsOrders && url !== undefined ? await otherApp(url) : undefined;
    return failure(reason ?? error, command, terminal, profileIn(args));
  }
}

type Target = ApiTarget & Pick<CommandContext, "observatory" | "consumers" | "topicArn">;

const NO_TARGET: Target = {
  url: "",
  observatory: async () => {
    throw new UsageError("this command has no target");
  },
};

/** The deployment of `--stage` or `--profile`, else the local emulator. */
async function targetOf(
  { url, stage, prefix = SERVICE, profile, role }: Readonly<Record<string, FlagValue>>,
  terminal: Terminal,
): Promise<Target> {
  if (prefix !== SERVICE && typeof stage !== "string") throw new UsageError("--prefix needs --stage");
  if (typeof url === "string") checkUrl(url);
  if (typeof stage !== "string" && typeof profile !== "string") {
    const local = {
      url: typeof url === "string" ? url : await terminal.defaultUrl(),
      ...(typeof role === "string" && {
        fetch: signedFetch(emulatorAccess(role), "execute-api"),
        getRole: roleByFlag,
      }),
    };
    return { ...local, observatory: async () => observatoryAs(role, httpObservatory(local)) };
  }
  if (role !== undefined) {
    throw new UsageError(
      "--role is for the emulator: a deployment has the role of the credentials in --profile",
    );
  }
  if (typeof stage !== "string" && typeof url !== "string") {
    throw new UsageError("--profile needs --stage or --url");
  }
  const access = await awsAccess(typeof profile === "string" ? profile : undefined);
  const observatoryOf = (consumers?: readonly string[]) => async () => {
    if (typeof stage !== "string")
      throw new UsageError("--stage is required: resources are found by its name");
    // Loaded here, because it loads three AWS clients.
    const { awsObservatory } = await import("../observe/aws-observatory.ts");
    return awsObservatory({
      stage: { stage, namePrefix: String(prefix) },
      access,
      ...(consumers && { consumers }),
    });
  };
  if (typeof url === "string")
    return { url, fetch: signedFetch(access, "execute-api"), observatory: observatoryOf() };
  const target = await awsTarget(
    physicalName({ stage: String(stage), namePrefix: String(prefix) }, "service"),
    access,
  );
  return { ...target, observatory: observatoryOf(target.consumers) };
}

/** What a role may read of the emulator. */
function observatoryAs(role: FlagValue, observatory: Observatory): Observatory {
  if (typeof role !== "string") return observatory;
  requireRole(role, "reader");
  if (isPermitted(role, "operator")) return observatory;
  const withoutBody = (message: WaitingMessage) => ({ ...message, body: "needs the role operator" });
  return {
    ...observatory,
    async peek(queue) {
      const found = await observatory.peek(queue);
      return { ...found, messages: found.messages.map(withoutBody) };
    },
  };
}

/** Throws UsageError, which never shows a password. */
function checkUrl(text: string): void {
  const url = URL.parse(text);
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw new UsageError("--url must not have a user or password: requests are signed, see --profile");
  }
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const received = text.includes("@") ? "another text" : text;
    throw new UsageError(`--url must be an address such as http://127.0.0.1:4010; received ${received}`);
  }
}

/** Commands for the emulator of any app. */
const ANY_APP: readonly string[] = [
  deadLettersList,
  deadLettersRedrive,
  queuesPeek,
  queuesCommand,
  alarmsCommand,
  liveCommand,
  logsCommand,
  consoleCommand,
  breakCommand,
  mend,
].map(({ name }) => name);

/** Why a command fails on an emulator of an app without orders; undefined for any other target. */
async function otherApp(url: string): Promise<RequestError | undefined> {
  const about: unknown = await fetch(`${url}/_emulator`)
    .then((response) => response.json())
    .catch(() => undefined);
  const app = typeof about === "object" && about !== null ? Reflect.get(about, "app") : undefined;
  return typeof app !== "string" || app === "order-events"
    ? undefined
    : new RequestError(
        `The emulator runs ${app}, which has no orders and no failed messages. Commands for any app: ${ANY_APP.join(", ")}.`,
      );
}

const LOG_MS = 10_000;

/** Rewrites one line of the terminal; an empty text clears it. Elsewhere: a line every ten seconds. */
function progressOn({ isInteractive, writeError }: Terminal): (text: string) => void {
  if (isInteractive === true) return (text) => writeError(`\r\u001b[K${printableLine(text)}`);
  let at = performance.now();
  return (text) => {
    if (text === "" || performance.now() - at < LOG_MS) return;
    at = performance.now();
    writeError(`${printableLine(text)}\n`);
  };
}

/** Marks a negative number, so that parseArgs takes it for a value and the command reports its range. */
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
    const message = (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
    const [, unknown] = /^Unknown option '(--[^']+)'/.exec(message) ?? [];
    const flags = Object.keys({ ...command.flags, ...GLOBAL_FLAGS }).map((name) => `--${name}`);
    throw new UsageError(unknown === undefined ? message : unknownOption(unknown, flags), { cause: error });
  }
}

const GLOBAL_NAMES = Object.keys(GLOBAL_FLAGS).map((name) => `--${name}`);

const unknownOption = (option: string, known: readonly string[]): string =>
  `Unknown option '${option}'.${didYouMean(option, known)}`;

function failure(
  error: unknown,
  command: Command,
  { writeError }: Terminal,
  profile: string | undefined,
): ExitCode {
  if (error instanceof UsageError) {
    writeError(`${printableLine(error.message)}\n${seeHelp(command.name)}`);
    return EXIT.usage;
  }
  const reported = isRefusedCredential(error) ? credentialAdvice(profile, error) : error;
  writeError(
    `${reported instanceof RequestError ? reported.message : reported instanceof Error ? reported.stack : reported}\n`,
  );
  return EXIT.failed;
}
