import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { DeployError } from "./deploy-error.ts";

export interface ChildOptions {
  /** Environment of the child (default: that of this process). */
  readonly env?: NodeJS.ProcessEnv;
  /** Prints the output as it comes. Otherwise it is collected, and part of the error when the command fails. */
  readonly visible?: boolean;
}

/** `output` is empty when it was visible. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a command to its end. Rejects with DeployError when the command cannot be started. */
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

/** As `run`, but rejects with DeployError when the command fails. The error holds the end of its output. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<string> {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const end = output.trim().split("\n").slice(-15).join("\n");
  throw new DeployError(`${command} ${args.join(" ")} exited with ${code}${end === "" ? "" : `:\n${end}`}`);
}

/** Puts the Node.js of this process first on the PATH of the child. */
export function withOwnNode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${dirname(process.execPath)}:${env["PATH"] ?? ""}` };
}
