import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sourceDigest } from "../constructs/source-digest.ts";

/** The synthesis failed. The message is its output. */
export class SynthError extends Error {
  override readonly name = "SynthError";
}

export interface Synth {
  readonly directory: string;
  /** False for a cached assembly. */
  readonly fresh: boolean;
}

/** Number of cached assemblies. A running emulator loads its functions from one of them. */
const KEPT = 8;

/**
 * Synthesizes `bin/app.ts` for the stage `local` into a folder of `.cache/cdk.out.local` named by a digest of its
 * sources, or returns an existing one. It runs the app itself, because the `cdk` command takes longer for the same
 * files. Rejects with SynthError.
 */
export async function synthesize(
  root: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Synth> {
  const all = join(root, ".cache", "cdk.out.local");
  const context = { ...(await cdkContext(root)), stage: "local", ...settings };
  const directory = join(all, digestOf(root, JSON.stringify(context)));
  if (await exists(directory)) {
    await utimes(directory, new Date(), new Date());
    return { directory, fresh: false };
  }
  const made = `${directory}.${process.pid}`;
  await mkdir(made, { recursive: true });
  try {
    await runApp(root, made, context);
    // Renamed at the end: an interrupted synthesis must not leave an incomplete assembly in the cache.
    await rename(made, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  await forgetOldest(all);
  return { directory, fresh: true };
}

async function forgetOldest(all: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(all)).map(async (name) => ({
      path: join(all, name),
      at: (await stat(join(all, name))).mtimeMs,
    })),
  );
  const oldest = entries.sort((left, right) => right.at - left.at).slice(KEPT);
  await Promise.all(oldest.map(({ path }) => rm(path, { recursive: true, force: true })));
}

async function runApp(root: string, directory: string, context: object): Promise<void> {
  const app = spawn(process.execPath, [join(root, "bin", "app.ts")], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  for (const stream of [app.stdout, app.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const [code, signal] = await once(app, "close");
  if (code !== 0)
    throw new SynthError(`${Buffer.concat(output)}\nbin/app.ts exited with ${signal ?? `exit code ${code}`}`);
}

async function cdkContext(root: string): Promise<object> {
  const { context } = JSON.parse(await readFile(join(root, "cdk.json"), "utf8"));
  return context ?? {};
}

/** A change in any of these makes a new assembly. */
const digestOf = (root: string, context: string): string =>
  createHash("sha256")
    .update(context)
    .update(process.version)
    .update(sourceDigest(root))
    .digest("hex")
    .slice(0, 16);

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
