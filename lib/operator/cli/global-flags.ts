/** Flags that every command takes, behind its name or before it. */
export const GLOBAL_FLAGS = {
  url: { type: "string" },
  stage: { type: "string" },
  profile: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export const GLOBAL_HELP: readonly string[] = [
  "--url U        address of the API (default: the stage started last)",
  "--stage S      the deployment of this stage in AWS; requests are signed by the default credentials",
  "--profile P    AWS profile to sign by; with --url, for an API that is found by neither",
  "--json         one JSON document on standard output",
  "--help         this text",
];

/** The flags that stand before the name of the command, and everything from that name on. */
export function globalFirst(args: readonly string[]): {
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

/** The profile that was named, wherever it stands. */
export function profileIn(args: readonly string[]): string | undefined {
  const at = args.findIndex((each) => each === "--profile" || each.startsWith("--profile="));
  return args[at]?.includes("=") === true ? args[at].split("=")[1] : at < 0 ? undefined : args[at + 1];
}
