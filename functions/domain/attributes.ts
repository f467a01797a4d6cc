import { LIMITS } from "../contract/limits.ts";
import { ATTRIBUTES } from "../contract/names.ts";

const MARKS: readonly string[] = [ATTRIBUTES.redriveCount, ATTRIBUTES.redriveId, ATTRIBUTES.failedKey];

/**
 * The attributes of a message without our marks, and no more than leave room for them: a queue refuses a message
 * with an eleventh, each time it is sent. What filters look at is kept first.
 */
export function foreignAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const foreign = Object.entries(attributes).filter(([name]) => !MARKS.includes(name));
  foreign.sort(([one], [other]) => Number(other === ATTRIBUTES.type) - Number(one === ATTRIBUTES.type));
  return Object.fromEntries(foreign.slice(0, LIMITS.messageAttributes - MARKS.length));
}
