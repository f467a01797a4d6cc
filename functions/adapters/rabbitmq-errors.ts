import type { RabbitConnection } from "./rabbitmq-connection.ts";

/** Why RabbitMQ does not have a message. */
export type RabbitCode =
  | "QUEUE_FULL"
  | "UNROUTABLE"
  | "MESSAGE_TOO_LARGE"
  | "EXCHANGE_NOT_FOUND"
  | "ACCESS_REFUSED"
  | "LOGIN_REFUSED"
  | "VHOST_REFUSED"
  | "SECRET_UNREADABLE"
  | "TLS_REFUSED"
  | "BLOCKED"
  | "UNREACHABLE"
  | "CLIENT";

/** A refusal by RabbitMQ, or by the way to it. */
export class RabbitRefusal extends Error {
  override readonly name = "RabbitRefusal";
  readonly code: RabbitCode;

  constructor(code: RabbitCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** The broker will never accept this message. */
export function isPermanent({ code }: RabbitRefusal): boolean {
  return code === "MESSAGE_TOO_LARGE";
}

/** Whether the connection may be dead although the broker runs, as after a freeze. */
export function isLost({ code }: RabbitRefusal): boolean {
  return code === "UNREACHABLE" || code === "BLOCKED";
}

/** Where a message was to go. An empty exchange sends to the queue of the key's name. */
export interface Destination {
  readonly exchange: string;
  readonly routingKey: string;
}

export function unroutable({ exchange, routingKey }: Destination): RabbitRefusal {
  return new RabbitRefusal(
    "UNROUTABLE",
    exchange === ""
      ? `There is no queue ${routingKey}. Apply the topology: npm run rabbitmq:topology.`
      : `No queue is bound to ${exchange} with the key ${routingKey}. Apply the topology: npm run rabbitmq:topology.`,
  );
}

export function unreachable({ host, port }: RabbitConnection, why = "no reply in time"): RabbitRefusal {
  return new RabbitRefusal(
    "UNREACHABLE",
    `The broker at ${host}:${port} did not confirm the message (${why}). Check that the address is right, the broker ` +
      "is running, and the security groups allow this function to reach its port.",
  );
}

export function blocked({ host }: RabbitConnection, why: string): RabbitRefusal {
  return new RabbitRefusal(
    "BLOCKED",
    `The broker at ${host} takes no messages (${why}). Check its memory and disk alarms.`,
  );
}

const NETWORK = /^(ECONN[A-Z]+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const CLOSED: readonly string[] = [
  "CONN_CLOSE",
  "CLOSING",
  "CH_CLOSE",
  "CONNECTION_TIMEOUT",
  "CONNECTION_FORCED",
  "SOCKET_TIMEOUT",
  "TIMEOUT",
];
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/;

/** The client's error with advice for the operator. Never throws. */
export function refusalOf(error: unknown, connection: RabbitConnection, to?: Destination): RabbitRefusal {
  if (error instanceof RabbitRefusal) return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const text = String(message ?? error);
  const [kind, advice] = judge(String(code), text, connection, to);
  if (kind === "UNREACHABLE") return unreachable(connection, String(code));
  return new RabbitRefusal(kind, advice, { cause: error });
}

function judge(
  code: string,
  text: string,
  { host, port, vhost }: RabbitConnection,
  to: Destination | undefined,
): readonly [RabbitCode, string] {
  if (code === "NACK") {
    const where = to === undefined ? "A queue" : `A queue behind ${to.exchange || to.routingKey}`;
    return ["QUEUE_FULL", `${where} took no further message. Check its length, its limit and its consumer.`];
  }
  if (code === "NOT_FOUND" && /vhost .*not found/i.test(text) && !/no exchange/i.test(text))
    return vhostRefused(vhost, text);
  if (code === "NOT_FOUND")
    return [
      "EXCHANGE_NOT_FOUND",
      `${to?.exchange ?? "The exchange"} does not exist in the vhost ${vhost}. Apply the topology: npm run rabbitmq:topology.`,
    ];
  if (code === "NOT_ALLOWED") return vhostRefused(vhost, text);
  if (code === "ACCESS_REFUSED" && /login|authentication|PLAIN/i.test(text))
    return [
      "LOGIN_REFUSED",
      "The broker refused user and password. Check the secret against the broker's users.",
    ];
  if (code === "ACCESS_REFUSED")
    return [
      "ACCESS_REFUSED",
      `The broker's user may not write to ${to?.exchange || to?.routingKey || "the exchange"}. Check its permissions in the vhost ${vhost}.`,
    ];
  if (code === "PRECONDITION_FAILED" && /size/i.test(text))
    return ["MESSAGE_TOO_LARGE", "The message is larger than the broker's max_message_size."];
  if (TLS.test(code))
    return ["TLS_REFUSED", `${host}:${port} did not agree on TLS (${code}). Check port and certificate.`];
  if (NETWORK.test(code) || CLOSED.includes(code)) return ["UNREACHABLE", ""];
  return ["CLIENT", `${code}: ${text}`];
}

function vhostRefused(vhost: string, text: string): readonly [RabbitCode, string] {
  const why = /not found/i.test(text) ? "does not exist" : "is not open to this user";
  return ["VHOST_REFUSED", `The vhost ${vhost} ${why}. Check RABBITMQ_URL and the user's permissions.`];
}
