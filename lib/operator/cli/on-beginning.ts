import { RequestError } from "../target/request-error.ts";
import type { CommandContext } from "./command.ts";

const MAX_LISTED = 5;

/** What an operator names by its key, or by the beginning of its key. */
export interface Named<Result> {
  /** In the plural, for the error. */
  readonly what: string;
  /** MUST reject with the status 404 where nothing has the key. */
  act(key: string): Promise<Result>;
  /** The keys with this beginning. */
  keysWith(beginning: string): Promise<readonly string[]>;
}

/** Acts on what has the key, or else alone has this beginning of a key. Rejects with RequestError where several have it. */
export async function onBeginning<Result>(
  context: CommandContext,
  given: string,
  { what, act, keysWith }: Named<Result>,
): Promise<{ readonly key: string; readonly answer: Result }> {
  try {
    return { key: given, answer: await act(given) };
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 404) throw error;
    const keys = await keysWith(given);
    const [key, ...others] = keys;
    if (key === undefined) throw error;
    if (others.length > 0) throw new RequestError(ambiguous(what, given, keys), { status: 404 });
    context.note(`${given}… is ${key}`);
    return { key, answer: await act(key) };
  }
}

function ambiguous(what: string, beginning: string, keys: readonly string[]): string {
  const listed = keys.slice(0, MAX_LISTED).map((key) => `\n  ${key}`);
  const more = keys.length > MAX_LISTED ? `\n  and ${keys.length - MAX_LISTED} more` : "";
  return `several ${what} begin with ${beginning}:${listed.join("")}${more}`;
}
