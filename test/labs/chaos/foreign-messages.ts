import { createHash } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { QUEUE_CONSUMERS, type QueueConsumer } from "../../../functions/consumers/consumers.ts";
import type { Reason } from "../../../functions/contract/failures.ts";
import { ATTRIBUTES } from "../../../functions/contract/names.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { queueName } from "../../../lib/constructs/resource-names.ts";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import type { Emulator } from "../../../lib/emulator/start-emulator.ts";
import type { QueueRole } from "../../../lib/settings/queue-rules.ts";
import { eventAbout } from "../../e2e/messages.ts";

/** A message that can never succeed, and its row in the store. */
export interface Poison {
  readonly failedKey: string;
  readonly reason: Reason;
}

/** Messages from outside the system. */
export interface ForeignMessages {
  readonly poisons: readonly Poison[];
  /** Number of duplicates sent. */
  readonly duplicates: number;
  /** Sends a poison to the queue of each consumer, and an invalid retry count to a dead-letter queue. */
  poison(): Promise<void>;
  /** Sends the first event of an order again, to the queue and to the dead-letter queue. */
  duplicate(order: OrderView): Promise<void>;
  close(): void;
}

const BODIES: readonly ((n: number) => { readonly text: string; readonly reason: Reason })[] = [
  (n) => ({ text: `poison ${n}`, reason: "MALFORMED_JSON" }),
  (n) => ({ text: JSON.stringify({ poison: n }), reason: "INVALID_EVENT" }),
  (n) => ({ text: `{"__proto__":{"poison":${n}}}`, reason: "BAD_ENCODING" }),
  (n) => ({ text: JSON.stringify({ type: "order.exploded", poison: n }), reason: "UNKNOWN_TYPE" }),
  (n) => ({ text: JSON.stringify({ Type: "Notification", TopicArn: `${n}` }), reason: "ENVELOPE_MISMATCH" }),
];

export function openForeignMessages({ messaging, model, endpoints: { region } }: Emulator): ForeignMessages {
  const client = new SQSClient({ endpoint: messaging.endpoint, region, credentials: CREDENTIALS });
  const poisons: Poison[] = [];
  let duplicates = 0;
  let n = 0;

  async function send(consumer: QueueConsumer, role: QueueRole, text: string, dlqRetryCount?: string) {
    const queue = model.queues.find(({ name }) => name === queueName("local", consumer, role));
    // Not the URL itself, which is that of the fault proxy.
    const { pathname } = new URL(queue?.url ?? "");
    const counter = { DataType: "String", StringValue: dlqRetryCount };
    await client.send(
      new SendMessageCommand({
        QueueUrl: `${messaging.endpoint}${pathname}`,
        MessageBody: text,
        ...(dlqRetryCount === undefined
          ? {}
          : { MessageAttributes: { [ATTRIBUTES.dlqRetryCount]: counter } }),
      }),
    );
  }

  function record(consumer: QueueConsumer, text: string, reason: Reason): void {
    const failedKey = `${consumer}~${createHash("sha256").update(text).digest("hex")}`;
    poisons.push({ failedKey, reason });
  }

  return {
    poisons,
    get duplicates() {
      return duplicates;
    },
    async poison() {
      for (const consumer of QUEUE_CONSUMERS) {
        n += 1;
        const body = BODIES[n % BODIES.length]?.(n);
        if (body === undefined) continue;
        await send(consumer, "source", body.text);
        record(consumer, body.text, body.reason);
      }
      const text = `miscounted ${n}`;
      await send("order-created", "dead-letters", text, "three");
      record("order-created", text, "BAD_DLQ_RETRY_COUNT");
    },
    async duplicate(order) {
      const text = JSON.stringify(eventAbout(order, "order.created", 1));
      await Promise.all([
        send("order-created", "source", text),
        send("order-created", "dead-letters", text, "1"),
      ]);
      duplicates += 2;
    },
    close: () => client.destroy(),
  };
}
