import { call } from "../target/api-client.ts";
import type { CommandContext } from "./command.ts";
import { onBeginning } from "./on-beginning.ts";

/** Open messages first: most commands are about them. */
const STATUSES = ["OPEN", "RETRYING", "REDRIVEN", "DISCARDED", "RESOLVED"] as const;
/** Messages of each status that are searched. */
const MAX_SEARCHED = 1_000;

/** Acts on the failed message of a key, or of the beginning of a key where no other message has it. */
export async function onFailedMessage<Result>(
  context: CommandContext,
  given: string,
  act: (failedKey: string) => Promise<Result>,
): Promise<{ readonly failedKey: string; readonly answer: Result }> {
  const named = {
    what: "failed messages",
    act,
    keysWith: (beginning: string) => keysWith(context, beginning),
  };
  const { key: failedKey, answer } = await onBeginning(context, given, named);
  return { failedKey, answer };
}

async function keysWith(context: CommandContext, beginning: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const status of STATUSES) {
    let cursor: string | undefined;
    let searched = 0;
    do {
      const page = await call(context, "GET /failed-messages", { query: { status, cursor } });
      found.push(...page.items.map(({ failedKey }) => failedKey).filter((key) => key.startsWith(beginning)));
      searched += page.items.length;
      cursor = page.cursor;
    } while (cursor !== undefined && searched < MAX_SEARCHED);
  }
  return found;
}
