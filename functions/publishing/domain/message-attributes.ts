import { LIMITS } from "../../contract/limits.ts";
import { ATTRIBUTES } from "../../contract/names.ts";

const MARKS: readonly string[] = [ATTRIBUTES.dlqRetryCount, ATTRIBUTES.redriveId, ATTRIBUTES.failedKey];

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const NAME = /^(?!aws\.|amazon\.|\.)(?!.*(\.\.|\.$))[\w.-]{1,256}$/i;
const VALUE = /^[\t\n\r\x20-\uFFFD]+$/;

/**
 * The attributes of a message without our marks, and no more than leave room for them: a queue refuses a message
 * with an eleventh, each time it is sent, and one with a name or value that only a header of Kafka may have. What
 * filters look at is kept first.
 */
export function foreignAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const foreign = Object.entries(attributes).filter(
    ([name, value]) => !MARKS.includes(name) && NAME.test(name) && VALUE.test(value),
  );
  foreign.sort(([one], [other]) => Number(other === ATTRIBUTES.type) - Number(one === ATTRIBUTES.type));
  return Object.fromEntries(foreign.slice(0, LIMITS.messageAttributes - MARKS.length));
}
