import { pathToFileURL } from "node:url";
import type { Plugin } from "vitest/config";
import { LIST, withOneMore } from "./add-line.ts";

/** Adds one line to the list of consumers, for the tests of a project. */
export function oneMoreConsumer(): Plugin {
  return {
    name: "one-more-consumer",
    enforce: "pre",
    transform: (code, id) =>
      pathToFileURL(id).href === LIST ? { code: withOneMore(code), map: null } : undefined,
  };
}
