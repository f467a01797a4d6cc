import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Takes Node's own modules from the process: an ESM import of one makes Node link it as a module of its own,
 * which costs tens of milliseconds of a cold start for `node:http` alone.
 */
export const builtinsFromProcess: Plugin = {
  name: "builtins-from-process",
  setup(build) {
    const names = builtinModules.filter((name) => !name.startsWith("_")).join("|");
    build.onResolve({ filter: new RegExp(`^(node:)?(${names})$`) }, ({ path, kind }) => ({
      path: path.replace(/^node:/, ""),
      namespace: kind === "import-statement" ? "builtin-names" : "builtin-whole",
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: "builtin-whole" }, ({ path }) => ({
      contents: `module.exports = ${fromProcess(path)};`,
      loader: "js",
    }));
    build.onLoad({ filter: /.*/, namespace: "builtin-names" }, ({ path }) => ({
      contents: namesOf(path),
      loader: "js",
    }));
  },
};

function fromProcess(name: string): string {
  return `process.getBuiltinModule("node:${name}")`;
}

/** One export for each name, so that unused ones are dropped: reading some of them loads more of Node. */
function namesOf(builtin: string): string {
  const whole = process.getBuiltinModule(`node:${builtin}`) as object | undefined;
  const names = Object.keys(whole ?? {});
  const exported = names
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default")
    .map((name, i) => `${named(`${builtin}.${name}`, `name${i}`)} export { name${i} as ${name} };`);
  return [
    `const whole = /* @__PURE__ */ ${fromProcess(builtin)};`,
    "export { whole as default };",
    ...exported,
  ].join("\n");
}

/** The SDK only checks whether a body is an instance, and reading the class loads the streams and promises of files. */
const ONLY_ASKED_ABOUT = "fs.ReadStream";

function named(path: string, as: string): string {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (path !== ONLY_ASKED_ABOUT) return `const ${as} = /* @__PURE__ */ (() => whole.${name})();`;
  return `const ${as} = { [Symbol.hasInstance]: (value) => value instanceof whole.${name} };`;
}

/** Parts of the SDK that no function uses, and the stand-in for each. */
const UNUSED = [
  {
    // Lambda puts credentials into the environment; the SDK supports all other sources, too.
    path: /^(@aws-sdk\/credential-provider-(sso|ini|process|web-identity|http|login)|@smithy\/credential-provider-imds)$/,
    instead: leftOut("credentials come from the environment"),
  },
  {
    // The client of S3 needs these two when it is made, although no call reads a stream of events.
    path: /^@smithy\/core\/event-streams$/,
    instead: () => `export const eventStreamSerdeProvider = () => undefined;
      export const resolveEventStreamSerdeConfig = (config) => config;
      export class EventStreamSerde { constructor() { throw new Error("No function reads a stream of events."); } }`,
  },
  // Looked up only where a client has endpoint discovery switched on; every client of DynamoDB makes one.
  { path: /^@aws-sdk\/endpoint-cache$/, instead: () => "export class EndpointCache {}" },
  {
    // A function has no home directory: the SDK would look for its files once per client, in vain.
    path: /\/loadSharedConfigFiles$/,
    instead: () => `export const CONFIG_PREFIX_SEPARATOR = ".";
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
] as const;

/** Throws when it is loaded after all, so that the error names the part and the reason instead of a missing file. */
function leftOut(why: string) {
  return (path: string) =>
    `module.exports = {}; throw new Error("${path} is left out of this bundle: ${why}.");`;
}

/** Bundles the stand-ins for the unused parts of the SDK. */
export const withoutUnusedParts: Plugin = {
  name: "without-unused-parts",
  setup(build) {
    for (const [i, { path: filter, instead }] of UNUSED.entries()) {
      const namespace = `unused-${i}`;
      build.onResolve({ filter }, ({ path }) => ({ path, namespace }));
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: instead(path), loader: "js" }));
    }
  },
};

/**
 * Makes the schemas of unused calls removable. esbuild cannot prove that a key named by a constant, as in
 * `{ [_h]: … }`, has no side effect, so each call of a REST service would stay, with all that it refers to.
 */
export const shakableSchemas: Plugin = {
  name: "shakable-schemas",
  setup(build) {
    build.onLoad(
      { filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ },
      async ({ path }) => {
        const source = await readFile(path, "utf8");
        const constants = new Map(
          [...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]),
        );
        const contents = source.replaceAll(
          /\[(_\w+)\](?=:)/g,
          (key, name: string) => constants.get(name) ?? key,
        );
        return { contents, loader: "js" };
      },
    );
  },
};
