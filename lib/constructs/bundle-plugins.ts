import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Takes Node's own modules from the process: an ESM import of one makes Node link it as a module of its own,
 * which costs tens of milliseconds of a cold start for `node:http` alone.
 */
export const builtinsFromProcess: Plugin = {
  name: "builtins-from-process",
  setup(build) {
    const names = new RegExp(
      `^(node:)?(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})$`,
    );
    build.onResolve({ filter: names }, ({ path }) => ({
      path: path.replace(/^node:/, ""),
      namespace: "builtin",
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule("node:${path}");`,
      loader: "js",
    }));
  },
};

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
