import { fileURLToPath } from "node:url";

/** The list of consumers. */
export const LIST = new URL("../../functions/consumers/consumers.ts", import.meta.url).href;
const DECLARATION = fileURLToPath(new URL("extra-reader/consumer.ts", import.meta.url));
const OPENING = "export const CONSUMERS = [";

/** The list with one more line, as the writer of a consumer would change it. */
export function withOneMore(list: string): string {
  if (!list.includes(OPENING)) throw new Error(`${LIST} does not hold "${OPENING}".`);
  return `import { extraReader } from "${DECLARATION}";\n${list.replace(OPENING, `${OPENING}extraReader, `)}`;
}
