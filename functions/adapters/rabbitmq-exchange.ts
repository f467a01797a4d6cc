import { ATTRIBUTES } from "../contract/names.ts";
import { type Attributes, isBinary } from "../middleware/attributes.ts";
import type { Clock } from "../middleware/clock.ts";
import { sha256 } from "../middleware/sha256.ts";
import { copiedHeaders, RABBIT_HEADERS, rabbitProperty } from "../middleware/transports/rabbitmq.ts";
import type { RabbitCopies, RabbitCopy } from "../middleware/transports/rabbitmq-retries.ts";
import type { OutgoingRecord, RecordTopic } from "../publishing/ports/publisher.ts";
import type { RabbitMessage, RabbitPublisher } from "./rabbitmq-publisher.ts";

/** The time-out of a call without a deadline. */
const TIMEOUT_MS = 10_000;
/** Reserved before the deadline, to park refused events. */
const RESERVE_MS = 1_000;
const CLOUD_EVENT = "application/cloudevents+json; charset=UTF-8";

/**
 * An exchange as a topic of events: the routing key is the type, the body the event's JSON, the message id that of the
 * event. Each event is published at least once.
 */
export function rabbitExchange(publisher: RabbitPublisher, exchange: string, clock: Clock): RecordTopic {
  return {
    publish(records, deadline = clock.now() + TIMEOUT_MS) {
      const sentAt = String(clock.now());
      const messages = records.map((record) => messageOf(exchange, record, sentAt));
      return publisher.publish(messages, deadline - RESERVE_MS);
    },
  };
}

function messageOf(exchange: string, record: OutgoingRecord, sentAt: string): RabbitMessage {
  const { event, attributes = {}, text = JSON.stringify(event) } = record;
  const { id: messageId, subject: correlationId, type, traceparent } = event;
  return {
    exchange,
    routingKey: type,
    body: Buffer.from(text),
    messageId,
    correlationId,
    type,
    contentType: CLOUD_EVENT,
    headers: {
      ...headersOf(attributes),
      [ATTRIBUTES.type]: type,
      [RABBIT_HEADERS.sentAt]: sentAt,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
}

/** Text only: the client writes no bytes as a header. */
function headersOf(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      if (typeof value === "string") return [[name, value]];
      return isBinary(value) ? [] : [[name, value.value]];
    }),
  );
}

/** Copies of messages that were read, straight into a queue. Rejects with the first refusal. */
export function rabbitCopies(publisher: RabbitPublisher): RabbitCopies {
  return {
    async put(copies, deadline) {
      for (const answer of await publisher.publish(copies.map(copyOf), deadline)) {
        if (answer.kind === "refused") throw answer.error;
      }
    },
  };
}

function copyOf({ queue, record, headers }: RabbitCopy): RabbitMessage {
  const property = (name: "type" | "contentType" | "correlationId") => {
    const value = rabbitProperty(record, name);
    return value === undefined ? {} : { [name]: value };
  };
  const data = typeof record.data === "string" ? record.data : "";
  return {
    exchange: "",
    routingKey: queue,
    body: Buffer.from(data, "base64"),
    messageId: idOf(record, data),
    ...property("type"),
    ...property("contentType"),
    ...property("correlationId"),
    headers: { ...copiedHeaders(record), ...headers },
  };
}

/** AMQP cuts text of a property after 255 bytes, and an id tells which message was returned. */
const PROPERTY_BYTES = 255;

/** Without a usable id of its own, its content is one. */
function idOf(record: RabbitCopy["record"], data: string): string {
  const id = rabbitProperty(record, "messageId");
  return id === undefined || id === "" || Buffer.byteLength(id) > PROPERTY_BYTES ? sha256(data) : id;
}
