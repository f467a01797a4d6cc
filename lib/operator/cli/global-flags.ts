import { ROLES } from "../../../functions/contract/roles.ts";
import type { Flags } from "./command.ts";

/** Flags that every command takes, before or after its name. */
export const GLOBAL_FLAGS = {
  url: { type: "string", value: "url", help: "Address of the API (default: the emulator started last)" },
  stage: {
    type: "string",
    value: "name",
    help: "Use the deployment of this stage in AWS; requests are signed with the default credentials",
  },
  prefix: {
    type: "string",
    value: "name",
    help: "Beginning of the names of that deployment, where it has the setting namePrefix; needs --stage",
  },
  profile: {
    type: "string",
    value: "name",
    help: "AWS profile that signs the requests; needs --stage or --url",
  },
  role: {
    type: "string",
    value: "role",
    help: `Send requests with the permissions of this role (emulator only): ${ROLES.join(", ")}`,
  },
  json: { type: "boolean", default: false, help: "Write one JSON document to standard output" },
  version: { type: "boolean", default: false, help: "Print the version" },
  help: { type: "boolean", short: "h", default: false, help: "Show this help" },
} as const satisfies Flags;

/** Separates the flags before the command's name from the rest. */
export function splitLeadingFlags(args: readonly string[]): {
  readonly flags: readonly string[];
  readonly words: readonly string[];
} {
  let at = 0;
  while (at < args.length && args[at]?.startsWith("-")) at += takesValue(args[at] ?? "") ? 2 : 1;
  return { flags: args.slice(0, at), words: args.slice(at) };
}

function takesValue(flag: string): boolean {
  const name = flag.replace(/^--/, "");
  return Object.entries(GLOBAL_FLAGS).some(([each, { type }]) => each === name && type === "string");
}

/** The value of `--profile`, wherever it stands. */
export function profileIn(args: readonly string[]): string | undefined {
  const at = args.findIndex((each) => each === "--profile" || each.startsWith("--profile="));
  return args[at]?.includes("=") === true ? args[at].split("=")[1] : at < 0 ? undefined : args[at + 1];
}
