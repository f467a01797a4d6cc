import { LIMITS } from "../../contract/limits.ts";
import { ATTRIBUTES } from "../../contract/names.ts";

const REDRIVE_ATTRIBUTES: readonly string[] = [
  ATTRIBUTES.dlqRetryCount,
  ATTRIBUTES.redriveId,
  ATTRIBUTES.failedKey,
];

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const NAME = /^(?!aws\.|amazon\.|\.)(?!.*(\.\.|\.$))[\w.-]{1,256}$/i;
const VALUE = /^[\t\n\r\x20-\uFFFD]+$/;

/**
 * The attributes of a message without those of a redrive, which keep their room: a queue refuses an eleventh attribute,
 * and names or values that only a Kafka header may have. `type` is kept first, because subscriptions filter on it.
 */
export function foreignAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const foreign = Object.entries(attributes).filter(
    ([name, value]) => !REDRIVE_ATTRIBUTES.includes(name) && NAME.test(name) && VALUE.test(value),
  );
  foreign.sort(([one], [other]) => Number(other === ATTRIBUTES.type) - Number(one === ATTRIBUTES.type));
  return Object.fromEntries(foreign.slice(0, LIMITS.messageAttributes - REDRIVE_ATTRIBUTES.length));
}
