import { call } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import type { CommandContext } from "./command.ts";

/** Open messages first: most commands are about them. */
const STATUSES = ["OPEN", "RETRYING", "REDRIVEN", "DISCARDED", "RESOLVED"] as const;
/** Messages of each status that are searched. */
const MAX_SEARCHED = 1_000;
const MAX_LISTED = 5;

/**
 * Acts on the failed message of a key, or of the beginning of a key where no other message has it. Rejects with
 * RequestError where several have it.
 */
export async function onFailedMessage<Result>(
  context: CommandContext,
  given: string,
  act: (failedKey: string) => Promise<Result>,
): Promise<{ readonly failedKey: string; readonly answer: Result }> {
  try {
    return { failedKey: given, answer: await act(given) };
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 404) throw error;
    const keys = await keysWith(context, given);
    const [failedKey, ...others] = keys;
    if (failedKey === undefined) throw error;
    if (others.length > 0) throw new RequestError(ambiguous(given, keys), { status: 404 });
    context.note(`${given}… is ${failedKey}`);
    return { failedKey, answer: await act(failedKey) };
  }
}

function ambiguous(beginning: string, keys: readonly string[]): string {
  const listed = keys.slice(0, MAX_LISTED).map((key) => `\n  ${key}`);
  const more = keys.length > MAX_LISTED ? `\n  and ${keys.length - MAX_LISTED} more` : "";
  return `several failed messages begin with ${beginning}:${listed.join("")}${more}`;
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
