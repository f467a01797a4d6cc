import { fileURLToPath } from "node:url";
import type { Plugin } from "vitest/config";

const LIST = fileURLToPath(new URL("../../functions/consumers/consumers.ts", import.meta.url));
const DECLARATION = fileURLToPath(new URL("award-points/consumer.ts", import.meta.url));
const OPENING = "export const CONSUMERS = [";

/** Adds one line to the list of consumers, as its writer would, for the tests of a project. */
export function oneMoreConsumer(): Plugin {
  return {
    name: "one-more-consumer",
    enforce: "pre",
    transform(code, id) {
      if (id !== LIST) return undefined;
      if (!code.includes(OPENING)) throw new Error(`${LIST} does not hold "${OPENING}".`);
      const declared = code.replace(OPENING, `${OPENING}awardPoints, `);
      return { code: `import { awardPoints } from "${DECLARATION}";\n${declared}`, map: null };
    },
  };
}
