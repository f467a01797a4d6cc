import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, version } from "esbuild";
import { FUNCTIONS, type FunctionName, isQueueConsumer } from "../../functions/consumers/consumers.ts";
import { BROKER_FUNCTIONS } from "../../functions/contract/broker-names.ts";
import { contentHashes, digest, isCurrent, remember } from "./bundle-cache.ts";
import { builtinsFromProcess, shakableSchemas, withoutUnusedParts } from "./bundle-plugins.ts";

/** Bundled with a broker only: the functions of its stack, and the one that its deployment calls. */
export const BROKER_BUNDLES = {
  kafka: [...BROKER_FUNCTIONS.kafka, "kafka-brokers"],
  rabbitmq: [...BROKER_FUNCTIONS.rabbitmq, "rabbitmq-topology", "rabbitmq-mappings"],
} as const;
type Broker = keyof typeof BROKER_BUNDLES;
export type BrokerBundles<B extends Broker> = Readonly<Record<(typeof BROKER_BUNDLES)[B][number], string>>;
type BundleName = FunctionName | keyof BrokerBundles<"kafka"> | keyof BrokerBundles<"rabbitmq">;

/**
 * The folder of each function's bundle: `index.mjs`, which exports `handler`, and its chunks. The folder `maps` beside it
 * has the source map of each file, which no bundle names: it is not deployed, and no cold start loads it.
 */
export type Bundles = Readonly<Record<FunctionName, string>> &
  Partial<BrokerBundles<"kafka"> & BrokerBundles<"rabbitmq">>;

export interface BundleOptions {
  /** Folder with `<name>.ts` for each function. */
  readonly handlers?: string;
  /** The folder that keeps bundles between runs, by content. */
  readonly cache?: string;
  /** Also bundles the functions of these backbones; their clients cost seconds. */
  readonly backbones?: readonly string[];
  /** Bundles name their source maps, which are in their folders: for a process that loads them. */
  readonly sourceMaps?: boolean;
  /** Called after the build of each function whose inputs had changed. */
  readonly onBundled?: (name: string) => void;
  /** Called with the progress of long builds. */
  readonly onProgress?: (text: string) => void;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Only a deployment calls them, so they are beside their constructs. */
const DEPLOYMENT_ENTRIES: Readonly<Record<string, string>> = {
  "kafka-brokers": fileURLToPath(new URL("kafka-brokers-handler.ts", import.meta.url)),
  "rabbitmq-mappings": fileURLToPath(new URL("rabbitmq-mappings-handler.ts", import.meta.url)),
  "rabbitmq-topology": fileURLToPath(new URL("rabbitmq-topology-handler.ts", import.meta.url)),
};
/** Builds that take longer than this are reported while they run. */
const QUIET_MS = 2_000;

/**
 * Not minified, so stack traces can be read without source maps.
 * `module` comes first: the CommonJS builds of the SDK load half as fast, and cannot be split.
 */
const RECIPE = {
  absWorkingDir: ROOT,
  // The Kafka client's checksums: this entry holds its WebAssembly, the other looks for a file beside itself.
  alias: { "@platformatic/wasm-utils": "@platformatic/wasm-utils/bundled" },
  bundle: true,
  charset: "utf8",
  chunkNames: "chunk-[hash]",
  // The SDK checks whether a body is one; none is, and naming the class loads Node's web streams.
  define: { ReadableStream: "undefined" },
  format: "esm",
  legalComments: "none",
  mainFields: ["module", "main"],
  metafile: true,
  outExtension: { ".js": ".mjs" },
  platform: "node",
  splitting: true,
  target: "node24",
  treeShaking: true,
} as const satisfies BuildOptions;

/** Bundles every function whose inputs changed since its last build. Rejects with esbuild's own messages. */
export async function bundleFunctions(options: BundleOptions = {}): Promise<Bundles> {
  const handlers = options.handlers ?? join(ROOT, "functions/handlers");
  const cache = options.cache ?? join(ROOT, ".cache/bundles");
  const recipe = recipeDigest(handlers);
  const hashOf = contentHashes(ROOT);
  const names: readonly BundleName[] = [...FUNCTIONS, ...bundlesOf(options.backbones ?? [])];
  const entryOf = (name: BundleName) => {
    const ofDeployment = DEPLOYMENT_ENTRIES[name];
    if (ofDeployment !== undefined) return ofDeployment;
    const entry =
      isQueueConsumer(name) && options.handlers === undefined
        ? join(ROOT, "functions/consumers", name, "handler.ts")
        : join(handlers, `${name}.ts`);
    if (!existsSync(entry))
      throw new Error(
        `${relative(ROOT, entry)} is missing: the function ${name} is declared without a handler.`,
      );
    return entry;
  };
  const stale = names.filter((name) => !isCurrent(join(cache, name), recipe, hashOf));
  const started = Date.now();
  let done = 0;
  const report = () => options.onProgress?.(`bundling: ${done} of ${stale.length} functions`);
  const timer = setInterval(report, QUIET_MS);
  try {
    for (const name of stale) {
      await bundleOne(entryOf(name), join(cache, name), recipe, hashOf, options.sourceMaps === true);
      done += 1;
      options.onBundled?.(name);
    }
  } finally {
    clearInterval(timer);
  }
  if (Date.now() - started > QUIET_MS)
    options.onProgress?.(`bundled ${done} functions in ${Math.round((Date.now() - started) / 100) / 10} s`);
  return bundlesAt(names, (name) => join(cache, name, "asset"));
}

/** Empty bundles, for commands that only read the stacks, and for template tests. */
export function emptyBundles(): Bundles {
  const folder = join(ROOT, ".cache/bundles/empty");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), "export const handler = async () => {};\n");
  return bundlesAt([...FUNCTIONS, ...bundlesOf(Object.keys(BROKER_BUNDLES))], () => folder);
}

function bundlesOf(backbones: readonly string[]): readonly BundleName[] {
  return Object.entries(BROKER_BUNDLES).flatMap(([broker, names]) =>
    backbones.includes(broker) ? names : [],
  );
}

function bundlesAt(names: readonly BundleName[], folderOf: (name: BundleName) => string): Bundles {
  return Object.fromEntries(names.map((name) => [name, folderOf(name)])) as Bundles;
}

/** Built beside its place and moved there when it is complete: another synth may build it at the same time. */
async function bundleOne(
  entry: string,
  folder: string,
  recipe: string,
  hashOf: (path: string) => string | undefined,
  sourcemap: boolean,
): Promise<void> {
  const made = `${folder}.${process.pid}`;
  try {
    const { metafile } = await build({
      ...RECIPE,
      sourcemap: sourcemap ? true : "external",
      entryPoints: { index: entry },
      outdir: join(made, "asset"),
      plugins: [builtinsFromProcess, withoutUnusedParts, shakableSchemas],
    });
    if (!sourcemap) moveMaps(join(made, "asset"), join(made, "maps"));
    remember(made, recipe, metafile, hashOf);
    putInPlace(made, folder, () => isCurrent(folder, recipe, hashOf));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function moveMaps(from: string, to: string): void {
  mkdirSync(to);
  for (const file of readdirSync(from).filter((name) => name.endsWith(".map")))
    renameSync(join(from, file), join(to, file));
}

const ATTEMPTS = 5;

/** Another synth may have put the same bundle there first, and be reading it: that one stays. */
function putInPlace(made: string, folder: string, isThere: () => boolean): void {
  const before = `${made}.before`;
  for (let attempt = 1; !isThere(); attempt++) {
    try {
      // Renamed first: removing takes long enough for another synth to put its bundle there.
      if (existsSync(folder)) renameSync(folder, before);
      renameSync(made, folder);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    } finally {
      rmSync(before, { recursive: true, force: true });
    }
  }
}

/** Changes with every option that decides about a bundle, besides its inputs. */
function recipeDigest(handlers: string): string {
  const sources = ["bundle.ts", "bundle-plugins.ts"].map((file) =>
    readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8"),
  );
  return digest([version, handlers, ...sources].join("\n"));
}
