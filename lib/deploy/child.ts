import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { DeployError } from "./steps.ts";

export interface ChildOptions {
  /** The whole environment of the child; that of this process unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Its output goes to the screen as it comes; else it is kept, and shown where it fails. */
  readonly visible?: boolean;
}

/** How a command ended. `output` is empty where it was visible. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a command to its end. Rejects with DeployError where there is no such command. */
export function run(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<CommandResult> {
  const { env = process.env, visible = false } = options;
  const output = visible ? "inherit" : "pipe";
  const child = spawn(command, args, { env: withOwnNode(env), stdio: ["ignore", output, output] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", (cause) =>
      reject(new DeployError(`${command} cannot be started: ${cause.message}`, { cause })),
    );
    child.on("close", (code) => resolve({ code: code ?? 1, output: String(Buffer.concat(chunks)) }));
  });
}

/** As `run`; a command that fails rejects with DeployError, which has the end of its output. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<string> {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const end = output.trim().split("\n").slice(-15).join("\n");
  throw new DeployError(`${command} ${args.join(" ")} ended with ${code}${end === "" ? "" : `:\n${end}`}`);
}

/** Whatever node is installed, what is started here finds the one that this project brings first. */
export function withOwnNode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${dirname(process.execPath)}:${env["PATH"] ?? ""}` };
}
