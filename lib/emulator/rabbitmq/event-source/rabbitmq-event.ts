import type { AsyncMessage } from "rabbitmq-client";

/** A message of a queue in the event that its function gets. */
export interface RabbitEventMessage {
  readonly basicProperties: Readonly<Record<string, unknown>>;
  readonly redelivered: boolean;
  /** Base64. */
  readonly data: string;
}

export interface RabbitEvent {
  readonly eventSource: "aws:rmq";
  readonly eventSourceArn: string;
  /** By `<queue>::<vhost>`. */
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitEventMessage[]>>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export function toRabbitEvent(
  messages: readonly AsyncMessage[],
  { brokerArn, queue, vhost }: { readonly brokerArn: string; readonly queue: string; readonly vhost: string },
): RabbitEvent {
  return {
    eventSource: "aws:rmq",
    eventSourceArn: brokerArn,
    rmqMessagesByQueue: { [`${queue}::${vhost}`]: messages.map(toMessage) },
  };
}

function toMessage(message: AsyncMessage): RabbitEventMessage {
  const body = bytesOf(message.body);
  const { headers, timestamp } = message;
  return {
    basicProperties: {
      contentType: message.contentType ?? null,
      contentEncoding: message.contentEncoding ?? null,
      headers: headers === undefined ? null : Object.fromEntries(Object.entries(headers).map(headerOf)),
      deliveryMode: message.durable === true ? 2 : 1,
      priority: message.priority ?? null,
      correlationId: message.correlationId ?? null,
      replyTo: message.replyTo ?? null,
      expiration: message.expiration ?? null,
      messageId: message.messageId ?? null,
      timestamp: timestamp === undefined ? null : textOfTime(timestamp),
      type: message.type ?? null,
      userId: message.userId ?? null,
      appId: message.appId ?? null,
      clusterId: null,
      bodySize: body.length,
    },
    redelivered: message.redelivered,
    data: body.toString("base64"),
  };
}

/** The client decodes text and JSON by the content type of a message. */
function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

const headerOf = ([name, value]: [string, unknown]): [string, unknown] => [name, headerValue(value)];

/** Text is its bytes, signed as Java has them. How nested values come is not documented: this is one way. */
function headerValue(value: unknown): unknown {
  if (typeof value === "string" || Buffer.isBuffer(value))
    return { bytes: [...new Int8Array(Buffer.from(value as string))] };
  if (Array.isArray(value)) return value.map(headerValue);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(headerOf));
  return value ?? null;
}

/** As `Jan 1, 1970, 12:33:41 AM`. */
function textOfTime(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleString("en-US", {
    timeZone: "UTC",
    month: "short",
    day: "numeric",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** About the bytes that the message adds to the event. */
export function rabbitEventBytes({ body, headers }: AsyncMessage): number {
  const inHeaders = headers === undefined ? 0 : JSON.stringify(headers).length * 4;
  return bytesOf(body).length * (4 / 3) + inHeaders + 600;
}
