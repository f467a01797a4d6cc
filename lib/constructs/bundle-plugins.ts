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

/** Each name by itself: those that nobody imports are shaken off, as reading some of them loads more of Node. */
function namesOf(builtin: string): string {
  const names = Object.keys(process.getBuiltinModule(`node:${builtin}`) ?? {});
  const exported = names
    .filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default")
    .map(
      (name, i) =>
        `const name${i} = /* @__PURE__ */ (() => whole.${name})(); export { name${i} as ${name} };`,
    );
  return [
    `const whole = /* @__PURE__ */ ${fromProcess(builtin)};`,
    "export { whole as default };",
    ...exported,
  ].join("\n");
}

/** Lambda hands credentials to a function by its environment; the SDK would bring all other ways along. */
const UNUSED_PROVIDERS =
  /^(@aws-sdk\/credential-provider-(sso|ini|process|web-identity|http|login)|@smithy\/credential-provider-imds)$/;

/** Replaces ways to credentials that no function has. Whoever needs one is told so, and not by a missing file. */
export const withoutUnusedProviders: Plugin = {
  name: "without-unused-providers",
  setup(build) {
    build.onResolve({ filter: UNUSED_PROVIDERS }, ({ path }) => ({ path, namespace: "left-out" }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: `module.exports = {}; throw new Error("${path} is left out of this bundle: credentials come from the environment.");`,
      loader: "js",
    }));
  },
};
