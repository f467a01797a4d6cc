import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The synthesis failed. The message is its output. */
export class SynthError extends Error {
  override readonly name = "SynthError";
}

export interface AppOptions {
  /** The command that synthesizes, by the shell; that of cdk.json unless given. */
  readonly command: string | undefined;
  /** The folder of the app. */
  readonly folder: string;
  /** Called with each line about a bundle. */
  readonly onLine: (text: string) => void;
}

/** The app's folder names no command. The message lists the flags. */
export class NoAppError extends Error {
  override readonly name = "NoAppError";
}

/** The folder of the assembly of an app, which is synthesized unless a folder is named. */
export async function assemblyOf({
  assembly,
  ...app
}: AppOptions & { readonly assembly: string | undefined }): Promise<string> {
  return assembly === undefined ? synthesizeApp(app) : resolve(app.folder, assembly);
}

/** The name of an app: that of its package, else of its folder. */
export async function appName(folder: string): Promise<string> {
  const { name } = await readJsonFile(join(folder, "package.json")).catch(() => ({ name: undefined }));
  return typeof name === "string" && name !== "" ? name : basename(folder);
}

/**
 * Synthesizes any CDK app into a folder of its own and resolves to that. The folder is kept, so that assets that did not
 * change are not bundled again. Rejects with NoAppError or SynthError.
 */
export async function synthesizeApp({ command, folder, onLine }: AppOptions): Promise<string> {
  const { app, context } = await readJsonFile(join(folder, "cdk.json"));
  const shown = command ?? app;
  if (typeof shown !== "string") {
    throw new NoAppError(
      `Name the app, as ${folder} has no cdk.json with one:\n  --app "npx tsx app.ts"   the command that synthesizes\n  --assembly cdk.out       a cloud assembly that was synthesized`,
    );
  }
  const lookedUp = await readJsonFile(join(folder, "cdk.context.json"));
  const modules = join(folder, "node_modules");
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const directory = (await exists(modules))
    ? join(modules, ".cache", "order-events", name)
    : join(tmpdir(), `order-events-${name}`);
  await mkdir(directory, { recursive: true });
  // An earlier assembly must not pass for the one of this run.
  const manifest = join(directory, "manifest.json");
  await rm(manifest, { force: true });
  // As `npx` does. `node` is the one that runs this process: an older one could not load TypeScript.
  const path = [join(modules, ".bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter);
  await runApp({
    command: shown,
    args: [],
    shell: true,
    folder,
    env: { PATH: path },
    directory,
    context: { ...(context as object), ...lookedUp },
    onLine,
  });
  if (!(await exists(manifest))) {
    throw new SynthError(
      `${shown} ended without a cloud assembly in the folder that CDK_OUTDIR names. Pass a command that runs the app, or --assembly with the folder it writes.`,
    );
  }
  return directory;
}

export async function readJsonFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SynthError(`${path} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

export interface AppRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly shell: boolean;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of the assembly. */
  readonly directory: string;
  readonly context: object;
  readonly onLine: (text: string) => void;
}

/** The context that the `cdk` command sets: names of constructs in the templates, and bundles of all stacks. */
const TOOLKIT_CONTEXT = { "aws:cdk:enable-path-metadata": true, "aws:cdk:bundling-stacks": ["**"] };

export async function runApp(run: AppRun): Promise<void> {
  const { command, args, shell, folder, env, directory, context, onLine } = run;
  const app = spawn(command, args, {
    shell,
    cwd: folder,
    env: {
      ...process.env,
      ...env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...TOOLKIT_CONTEXT, ...context }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [app.stdout, app.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      output.push(text);
      // Other output of the app is shown only if it fails.
      if (/^bundl/i.test(text)) onLine(text);
    });
  }
  const [code, signal] = await once(app, "close");
  if (code === 0) return;
  const shown = [command, ...args].join(" ");
  throw new SynthError(`${output.join("\n")}\n${shown} exited with ${signal ?? `exit code ${code}`}`);
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
