import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sourceDigest } from "../../constructs/source-digest.ts";
import { exists, readJsonFile, runApp } from "../synthesize-app.ts";

export interface Synth {
  readonly directory: string;
}

/** Number of cached assemblies. A running emulator loads its functions from one of them. */
const KEPT = 8;
/** The emulator makes its own tables. */
const NO_EXISTING_TABLES = { existingTables: "", existingOrdersStream: "" };

/**
 * Synthesizes `bin/app.ts` for the stage `local` into a folder of `.cache/cdk.out.local` named by a digest of its
 * sources, or returns an existing one. It runs the app itself, because the `cdk` command takes longer for the same
 * files. Rejects with SynthError.
 */
export async function synthesize(
  root: string,
  settings: Readonly<Record<string, unknown>> = {},
  onLine: (text: string) => void = () => {},
): Promise<Synth> {
  const all = join(root, ".cache", "cdk.out.local");
  const context = { ...(await cdkContext(root)), stage: "local", ...settings, ...NO_EXISTING_TABLES };
  const directory = join(all, digestOf(root, JSON.stringify(context)));
  if (await exists(directory)) {
    await utimes(directory, new Date(), new Date());
    return { directory };
  }
  const made = `${directory}.${process.pid}`;
  await mkdir(made, { recursive: true });
  try {
    await runApp({
      command: process.execPath,
      args: [join(root, "bin", "app.ts")],
      shell: false,
      folder: root,
      env: {},
      directory: made,
      context,
      onLine,
    });
    // Renamed at the end: an interrupted synthesis must not leave an incomplete assembly in the cache.
    await rename(made, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  await forgetOldest(all);
  return { directory };
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

async function cdkContext(root: string): Promise<object> {
  const { context } = await readJsonFile(join(root, "cdk.json"));
  return { ...(context as object) };
}

/** A change in any of these makes a new assembly. */
const digestOf = (root: string, context: string): string =>
  createHash("sha256")
    .update(context)
    .update(process.version)
    .update(sourceDigest(root))
    .digest("hex")
    .slice(0, 16);
