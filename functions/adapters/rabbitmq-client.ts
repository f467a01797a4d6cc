import { setImmediate as nextTurn } from "node:timers/promises";
import { Connection, type Envelope } from "rabbitmq-client";
import type { RabbitConnection, RabbitCredentials } from "./rabbitmq-connection.ts";

/** One channel on a connection of its own, in confirm mode. */
export interface RabbitChannel {
  /**
   * Resolves to whether the message is in a queue, once the broker has confirmed it; `returned` where no queue is bound.
   * Rejects with the client's error.
   */
  publish(envelope: Envelope & { readonly messageId: string }, body: Buffer): Promise<"queued" | "returned">;
  /** Why the broker takes no messages at the moment, if so. */
  blockedBecause(): string | undefined;
  /** Ends both at once. What is in flight rejects. */
  destroy(): void;
}

/** The publisher has a deadline of its own for replies; these end the connection attempts that are left. */
const CONNECT_MS = 5_000;
const HEARTBEAT_SECONDS = 10;

/** Connects, and rejects with the first error: the client would go on trying, and report only a time-out. */
export async function openChannel(
  { host: hostname, port, vhost, tls }: RabbitConnection,
  { username, password }: RabbitCredentials,
): Promise<RabbitChannel> {
  const connection = new Connection({
    hostname,
    port,
    vhost,
    username,
    password,
    tls,
    connectionName: "order-events",
    acquireTimeout: CONNECT_MS,
    connectionTimeout: CONNECT_MS,
    heartbeat: HEARTBEAT_SECONDS,
    noDelay: true,
    retryHigh: 1_000,
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let blocked: string | undefined;
  connection.on("error", failed.reject);
  connection.on("connection.blocked", (reason) => {
    blocked = reason || "no reason given";
  });
  connection.on("connection.unblocked", () => {
    blocked = undefined;
  });
  try {
    const channel = await Promise.race([connection.acquire(), failed.promise]);
    await Promise.race([channel.confirmSelect(), failed.promise]);
    const returned = new Set<string>();
    channel.on("basic.return", (message) => returned.add(nameOf(message)));
    return {
      async publish(envelope, body) {
        await channel.basicPublish({ ...envelope, mandatory: true, durable: true }, body);
        // The broker returns a message before it confirms it; the client emits that a turn later.
        await nextTurn();
        return returned.has(nameOf(envelope)) ? "returned" : "queued";
      },
      blockedBecause: () => blocked,
      destroy: () => connection.unsafeDestroy(),
    };
  } catch (error) {
    connection.unsafeDestroy();
    throw error;
  }
}

/** Two messages of one name have the same way: both are returned, or none. */
function nameOf({ exchange = "", routingKey = "", messageId = "" }: Envelope): string {
  return JSON.stringify([exchange, routingKey, messageId]);
}
