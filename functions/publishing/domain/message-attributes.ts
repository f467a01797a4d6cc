import { LIMITS } from "../../contract/limits.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import { type Attributes, type AttributeValue, isBinary } from "../../middleware/attributes.ts";

const MARKS: readonly string[] = [ATTRIBUTES.dlqRetryCount, ATTRIBUTES.redriveId, ATTRIBUTES.failedKey];
/** Marks of a redrive, and of a retry from a dead-letter queue. */
export const REDRIVE_MARKS = 3;
export const RETRY_MARKS = 2;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const NAME = /^(?!aws\.|amazon\.|\.)(?!.*(\.\.|\.$))[\w.-]{1,256}$/i;
const VALUE = /^[\t\n\r\x20-\uFFFD]+$/;

/** The attributes of a message without those of a retry or redrive. */
export function withoutMarks(attributes: Attributes): Attributes {
  return Object.fromEntries(foreign(attributes));
}

/**
 * The attributes that a queue takes beside so many marks. It refuses an eleventh attribute, and names or values that
 * only a Kafka header may have. `type` is kept first, because subscriptions filter on it.
 */
export function foreignAttributes(attributes: Attributes, marks = REDRIVE_MARKS): Attributes {
  const fitting = foreign(attributes).filter(([name, value]) => NAME.test(name) && isAccepted(value));
  fitting.sort(([one], [other]) => Number(other === ATTRIBUTES.type) - Number(one === ATTRIBUTES.type));
  return Object.fromEntries(fitting.slice(0, LIMITS.messageAttributes - marks));
}

/** The names of the attributes that do not travel. */
export function leftOut(attributes: Attributes, marks = REDRIVE_MARKS): readonly string[] {
  const kept = foreignAttributes(attributes, marks);
  return foreign(attributes).flatMap(([name]) => (Object.hasOwn(kept, name) ? [] : [name]));
}

const NAMES = 10;
const NAME_LENGTH = 64;

/** A sentence for the history of a row; `undefined` where every attribute travels. */
export function leftOutText(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  // Names come from outside; a history is a line of text.
  const shown = names.slice(0, NAMES).map((name) => JSON.stringify(name.slice(0, NAME_LENGTH)));
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : "";
  return `sent without the attributes ${shown.join(", ")}${more}: the queue does not take them`;
}

function foreign(attributes: Attributes): (readonly [name: string, value: AttributeValue])[] {
  return Object.entries(attributes).filter(([name]) => !MARKS.includes(name));
}

function isAccepted(value: AttributeValue): boolean {
  if (typeof value === "string") return VALUE.test(value);
  return isBinary(value) ? value.value !== "" : VALUE.test(value.value);
}
