import { LIMITS } from "../../contract/limits.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import {
  type Attributes,
  type AttributeValue,
  isBinary,
  OMITTED,
  OMITTED_HEADERS,
} from "../../middleware/attributes.ts";
import { isReachedByRabbitmq } from "./publishers.ts";

const RETRY_ATTRIBUTES: readonly string[] = [
  ATTRIBUTES.dlqRetryCount,
  ATTRIBUTES.redriveId,
  ATTRIBUTES.failedKey,
];

/** What travels with a message beside the attributes of our own. */
export interface Room {
  readonly count: number;
  accepts(name: string, value: AttributeValue): boolean;
}

/** A queue of SQS refuses an eleventh attribute, and names or values that only a header of a broker may have. */
const sqsRoom = (own: number): Room => ({
  count: LIMITS.messageAttributes - own,
  accepts: (name, value) => NAME.test(name) && isAccepted(value),
});
const REDRIVE_ROOM = sqsRoom(3);
/** Beside the attributes of a retry from a dead-letter queue. */
export const RETRY_ROOM = sqsRoom(2);
/** A redrive to RabbitMQ goes through a queue of SQS, and the client writes no bytes as a header. */
const RABBITMQ_REDRIVE_ROOM: Room = {
  count: REDRIVE_ROOM.count,
  accepts: (name, value) =>
    REDRIVE_ROOM.accepts(name, value) && (typeof value === "string" || !isBinary(value)),
};

/** Of a redrive to a consumer. */
export function redriveRoom(consumer: string): Room {
  return isReachedByRabbitmq(consumer) ? RABBITMQ_REDRIVE_ROOM : REDRIVE_ROOM;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const NAME = /^(?!aws\.|amazon\.|\.)(?!.*(\.\.|\.$))[\w.-]{1,256}$/i;
const TYPE = /^(String|Number|Binary)(\.|$)/;
const VALUE = /^[\t\n\r\x20-\uFFFD]+$/;

/** The attributes of a message without those of a retry or redrive. */
export function withoutRetryAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(foreign(attributes));
}

/** The attributes that travel. `type` is kept first, because subscriptions filter on it. */
export function foreignAttributes(attributes: Attributes, { count, accepts } = REDRIVE_ROOM): Attributes {
  const fitting = foreign(attributes).filter(([name, value]) => accepts(name, value));
  fitting.sort(([one], [other]) => Number(other === ATTRIBUTES.type) - Number(one === ATTRIBUTES.type));
  return Object.fromEntries(fitting.slice(0, count));
}

/** The names of the attributes that do not travel. */
export function leftOut(attributes: Attributes, room = REDRIVE_ROOM): readonly string[] {
  const kept = foreignAttributes(attributes, room);
  return foreign(attributes).flatMap(([name, value]) =>
    Object.hasOwn(kept, name) ? [] : namesIn(name, value),
  );
}

/** The name of an attribute, or the names that it stands for. */
function namesIn(name: string, value: AttributeValue): readonly string[] {
  if (name !== OMITTED_HEADERS || typeof value === "string" || value.type !== OMITTED) return [name];
  try {
    const names: unknown = JSON.parse(value.value);
    return Array.isArray(names) ? names.map(String) : [name];
  } catch {
    return [name];
  }
}

/** Names come from outside, and a row has room for 50 such sentences. */
const NAMES_LENGTH = 200;
const NAME_LENGTH = 64;

/** A sentence for the history of a row; `undefined` where every attribute travels. */
export function leftOutText(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const quoted = names.map((name) => JSON.stringify(name.slice(0, NAME_LENGTH)));
  const fitting = quoted.findIndex((_, i) => quoted.slice(0, i + 1).join(", ").length > NAMES_LENGTH);
  const shown = fitting === -1 ? quoted : quoted.slice(0, Math.max(1, fitting));
  const more = shown.length < names.length ? ` and ${names.length - shown.length} more` : "";
  return `sent without the attributes ${shown.join(", ")}${more}: the queue does not take them`;
}

function foreign(attributes: Attributes): (readonly [name: string, value: AttributeValue])[] {
  return Object.entries(attributes).filter(([name]) => !RETRY_ATTRIBUTES.includes(name));
}

function isAccepted(value: AttributeValue): boolean {
  if (typeof value === "string") return VALUE.test(value);
  if (!TYPE.test(value.type)) return false;
  return isBinary(value) ? value.value !== "" : VALUE.test(value.value);
}
