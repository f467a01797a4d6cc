import { createHash } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Reason } from "../../functions/contract/errors.ts";
import type { QueueConsumer } from "../../functions/contract/names.ts";
import { CREDENTIALS } from "../../lib/local/credentials.ts";
import type { Stage } from "../../lib/local/stage.ts";
import { QUEUE_CONSUMERS, type QueueRole, queueName } from "../../lib/stacks/names.ts";

/** A message that can never work, and the row that it has to become. */
export interface Poison {
  readonly failedKey: string;
  readonly reason: Reason;
}

/** Puts messages into queues that belong there as little as anything on the internet. */
export interface Poisoner {
  readonly put: readonly Poison[];
  /** A poison into the queue of each consumer, and a counter that cannot be read into a dead-letter queue. */
  poison(orderId: string): Promise<void>;
  close(): void;
}

interface Body {
  readonly text: string;
  readonly reason: Reason;
}

const BODIES: readonly ((n: number, orderId: string) => Body)[] = [
  (n) => ({ text: `poison ${n}`, reason: "MALFORMED_JSON" }),
  (n) => ({ text: JSON.stringify({ poison: n }), reason: "INVALID_EVENT" }),
  (n) => ({ text: `{"__proto__":{"poison":${n}}}`, reason: "BAD_ENCODING" }),
  (n, orderId) => ({
    text: JSON.stringify({ type: "order.exploded", subject: orderId, poison: n }),
    reason: "UNKNOWN_TYPE",
  }),
];

export function openPoisoner({ messaging, model, endpoints: { region } }: Stage): Poisoner {
  const client = new SQSClient({ endpoint: messaging.endpoint, region, credentials: CREDENTIALS });
  const put: Poison[] = [];
  let n = 0;

  async function send(
    consumer: QueueConsumer,
    role: QueueRole,
    { text, reason }: Body,
    redriveCount?: string,
  ): Promise<void> {
    const queue = model.queues.find(({ name }) => name === queueName("local", consumer, role));
    // The address in the URL is that of the proxy; what is put here has to arrive.
    const { pathname } = new URL(queue?.url ?? "");
    await client.send(
      new SendMessageCommand({
        QueueUrl: `${messaging.endpoint}${pathname}`,
        MessageBody: text,
        ...(redriveCount === undefined
          ? {}
          : { MessageAttributes: { redriveCount: { DataType: "String", StringValue: redriveCount } } }),
      }),
    );
    put.push({ failedKey: `${consumer}~${createHash("sha256").update(text).digest("hex")}`, reason });
  }

  return {
    put,
    async poison(orderId) {
      const make = BODIES[n % BODIES.length];
      for (const consumer of QUEUE_CONSUMERS) {
        n += 1;
        if (make !== undefined) await send(consumer, "source", make(n, orderId));
      }
      n += 1;
      const counted: Body = { text: `miscounted ${n}`, reason: "BAD_REDRIVE_COUNT" };
      await send("order-created", "dead-letters", counted, "three");
    },
    close: () => client.destroy(),
  };
}
