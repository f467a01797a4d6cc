import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type FSWatcher, watch } from "chokidar";
import { type Bundles, bundleFunctions } from "../../constructs/bundle.ts";
import { readAssembly } from "../assembly/read-assembly.ts";
import { isAlive } from "../running-emulators.ts";
import type { Emulator } from "../start-emulator.ts";
import { synthesize } from "./synth.ts";

export interface DevelopOptions {
  readonly root: string;
  readonly backbones: readonly string[];
  /** As given to the synthesis of the running assembly. */
  readonly settings: Readonly<Record<string, string>>;
  readonly print: (text: string) => void;
}

/** Sources of the functions. */
const FUNCTIONS = "functions";
/** What the templates are made of, beside `functions/`. */
const STACKS = ["lib/stacks", "lib/constructs", "lib/settings", "bin"];
/** Files of `functions/` that the templates are made of too. */
const DECLARATIONS = /^(contract\/|consumers\/(.*\/)?(define-consumer|consumers?)\.ts$)/;
/** An editor writes a file in several steps. */
const SETTLE_MS = 40;

/**
 * Watches the sources of a running emulator. A changed function answers its next message with the new code; queues and
 * tables stay. A change of the stacks is reported: it needs a restart. Errors of bundling and of types are printed.
 * Resolves once the functions run from bundles with source maps.
 */
export async function develop(
  emulator: Emulator,
  options: DevelopOptions,
): Promise<{ close(): Promise<void> }> {
  const { root, print } = options;
  const copies = await newCopies(join(root, ".cache"));
  const code = followCode(emulator, options, copies);
  const stacks = followStacks(options);
  // Before the first bundles, which a change may come too late for.
  const watchers = await Promise.all([
    watchFolder(join(root, FUNCTIONS), (files) => {
      void code.changed();
      if (files.some((file) => DECLARATIONS.test(file))) void stacks.changed();
    }),
    ...STACKS.map((folder) => watchFolder(join(root, folder), () => void stacks.changed())),
    watchFolder(join(root, "lib"), (files) => files.includes("config.ts") && void stacks.changed(), 0),
  ]);
  await code.changed();
  const types = await watchTypes(root, copies, print);
  print("Watching functions/ and the stacks.");
  return {
    async close() {
      await Promise.all(watchers.map((watcher) => watcher.close()));
      endGroup(types);
      await rm(copies, { recursive: true, force: true });
    },
  };
}

/** The folder of the running code, named after this process. Those of killed processes are removed. */
async function newCopies(cache: string): Promise<string> {
  const ofProcess = /^develop-(\d+)/;
  const stale = (await readdir(cache)).filter(
    (name) => name.startsWith("develop-") && !isAlive(Number(ofProcess.exec(name)?.[1])),
  );
  for (const name of stale) await rm(join(cache, name), { recursive: true, force: true });
  const folder = join(cache, `develop-${process.pid}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Calls `changed` once for changes that come together, with the files by their paths in the folder. Editors that replace
 * a file are followed too, which `watch` of node:fs loses after the first time.
 */
async function watchFolder(
  folder: string,
  changed: (files: readonly string[]) => void,
  depth?: number,
): Promise<FSWatcher> {
  let timer: NodeJS.Timeout | undefined;
  const files: string[] = [];
  const watcher = watch(folder, { cwd: folder, ignoreInitial: true, ...(depth !== undefined && { depth }) });
  watcher.on("all", (_, file) => {
    if (!/\.(ts|mjs|json)$/.test(file)) return;
    files.push(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed(files.splice(0));
    }, SETTLE_MS);
  });
  await once(watcher, "ready");
  return watcher;
}

/** Runs `act` for each call, one run at a time; calls during a run cause one further run. */
function serial(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isAsked = false;
  const run = async (): Promise<void> => {
    try {
      do {
        isAsked = false;
        await act();
      } while (isAsked);
    } finally {
      running = undefined;
    }
  };
  return () => {
    isAsked = true;
    running ??= run();
    return running;
  };
}

/** Bundles what changed, and gives each function of the emulator its new code. */
function followCode(
  { host, model }: Emulator,
  { root, backbones, print }: DevelopOptions,
  copies: string,
): { changed(): Promise<void> } {
  const isRunning = (name: string) => model.functions.some((each) => each.name === name);
  let turn = 0;
  // Also those of a build that failed at another function: the next build finds them current.
  const bundled = new Set<string>();
  return {
    changed: serial(async () => {
      const startedAt = performance.now();
      let bundles: Bundles;
      try {
        bundles = await bundleFunctions({
          backbones,
          cache: join(root, ".cache", "bundles-with-maps"),
          sourceMaps: true,
          onBundled: (name) => bundled.add(name),
        });
      } catch {
        // esbuild has printed the errors with their places.
        print("The functions keep their code until this is mended.");
        return;
      }
      turn += 1;
      const stale = turn === 1 ? Object.keys(bundles) : [...bundled];
      bundled.clear();
      for (const name of stale.filter(isRunning)) {
        // The next build replaces the bundle, while an instance may still load a part of this one.
        const copy = join(copies, `${name}-${turn}`);
        await cp(String(Reflect.get(bundles, name)), copy, { recursive: true });
        host.replaceCode(name, copy);
      }
      if (turn > 1 && stale.length > 0)
        print(`${stale.join(", ")}: new code after ${Math.round(performance.now() - startedAt)} ms`);
    }),
  };
}

/** Reports resources of the stacks that differ from the running ones. */
function followStacks({ root, settings, print }: DevelopOptions): { changed(): Promise<void> } {
  // Templates without code: bundling takes longer than the rest.
  const synthesized = async () =>
    resourcesOf((await synthesize(root, { ...settings, "aws:cdk:bundling-stacks": [] })).directory);
  const running = synthesized();
  let reported = "";
  return {
    changed: serial(async () => {
      try {
        const before = await running;
        const now = await synthesized();
        const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
          (path) => before.get(path) !== now.get(path),
        );
        const text = changed.slice(0, MOST_NAMED).join("\n  ");
        if (text !== reported && text !== "") {
          const more = changed.length > MOST_NAMED ? `\n  and ${changed.length - MOST_NAMED} more` : "";
          print(`Restart to apply changed resources:\n  ${text}${more}`);
        }
        if (text === "" && reported !== "") print("The stacks are as they run again.");
        reported = text;
      } catch (error) {
        print(`The stacks cannot be synthesized:\n${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  };
}

const MOST_NAMED = 10;

/** The resources of an assembly by path, as text without the place of their code. */
async function resourcesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const stacks = await readAssembly(directory);
  return new Map(
    stacks.flatMap(({ resources }) =>
      resources.map(({ path, type, properties }) => {
        const { Code: _, ...others } = properties as Readonly<Record<string, unknown>>;
        return [path, `${type} ${JSON.stringify(others)}`] as const;
      }),
    ),
  );
}

/**
 * Prints the type errors of the functions, which stop nothing. The stacks, operator tools and tests are left out: with
 * them a check takes 15 times longer and 7 times the memory.
 */
async function watchTypes(
  root: string,
  scratch: string,
  print: (text: string) => void,
): Promise<ChildProcess> {
  const config = join(scratch, "tsconfig.json");
  await writeFile(
    config,
    JSON.stringify({ extends: join(root, "tsconfig.json"), include: [join(root, FUNCTIONS)] }),
  );
  const compiler = spawn(
    join(root, "node_modules/.bin/tsc"),
    ["--project", config, "--watch", "--preserveWatchOutput", "--pretty", "false"],
    // Its own process group: the compiler is a child of the program that starts it.
    { cwd: root, stdio: ["ignore", "pipe", "ignore"], detached: true },
  );
  let hasErrors = false;
  compiler.on("error", () => print("Types are not checked: tsc could not be started."));
  createInterface({ input: compiler.stdout }).on("line", (line) => {
    if (/error TS\d+/.test(line)) print(line);
    const [, found] = /Found (\d+) errors?/.exec(line) ?? [];
    if (found === undefined) return;
    if (hasErrors && found === "0") print("The types are right again.");
    hasErrors = found !== "0";
  });
  return compiler;
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    // The compiler does not end at SIGTERM while it checks.
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
