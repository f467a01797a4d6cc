import { KAFKA_CONSUMER, RABBITMQ_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import type { BrokerConsumer, QueueOwner } from "../cloud/consumers.ts";
import { bodyOf, type LogRecord } from "../cloud/log.ts";
import type { DeliveredMessage, Received } from "../cloud/queue.ts";
import type { QueuedMessage } from "../cloud/rabbitmq-queue.ts";
import type { FaultProfile } from "../fault-profile.ts";
import type { Oracle } from "../oracle.ts";
import { assertInvariant } from "../violation.ts";

/** I10, bounded attempts: sends and deliveries of each event, compared with their permitted causes. */
export interface Attempts {
  /** `moved`: from the source queue to its dead-letter queue. */
  added(consumer: QueueOwner, message: DeliveredMessage, role: "source" | "dead" | "moved"): void;
  handled(consumer: QueueOwner, received: readonly Received[], role: "source" | "dead"): void;
  /** A record is delivered to its function. */
  read(record: LogRecord): void;
  /** Messages of RabbitMQ are delivered to their function. */
  delivered(messages: readonly QueuedMessage[]): void;
  /** An SDK's retry sent a message twice. */
  sentTwice(): void;
  /** A profile without faults and duplicates: nothing is delivered twice. */
  readonly isStrict: boolean;
  /** As `isStrict`, but messages that cannot be handled may crash a function: every other event gets through. */
  readonly isUnfailing: boolean;
  /** Handler starts of each event in each consumer. */
  readonly starts: ReadonlyMap<string, number>;
}

const RECEIVES = 5;

export function newAttempts({
  faultProfile,
  oracle,
}: {
  faultProfile: FaultProfile;
  oracle: Oracle;
}): Attempts {
  /** Messages sent by retry count, by `<consumer> <body>`. */
  const sent = new Map<string, number[]>();
  /** Deliveries of dead letters after the first. */
  const again = new Map<string, number>();
  const starts = new Map<string, number>();
  let twice = 0;
  // Without faults no event may fail, whatever the other records of its batch are.
  const isFaultFree =
    faultProfile.error +
      faultProfile.lost +
      faultProfile.crash +
      faultProfile.throttle +
      faultProfile.ackLost ===
    0;
  const isUndisturbed =
    isFaultFree &&
    faultProfile.duplicate +
      faultProfile.topic +
      faultProfile.operators +
      faultProfile.clockJump +
      faultProfile.rebalance +
      faultProfile.brokerKill +
      faultProfile.missingPart +
      faultProfile.purge ===
      0;
  const isUnfailing =
    isUndisturbed &&
    faultProfile.outages.length === 0 &&
    !faultProfile.startsInDeadLetters &&
    !faultProfile.hasShortQueues &&
    faultProfile.invalid === 0;
  const isStrict = isUnfailing && faultProfile.killers === 0;

  function startedBy(consumer: BrokerConsumer, body: string | undefined, place: string, deliveries: number) {
    assertInvariant(
      !isStrict || deliveries === 1,
      "I11",
      () => `${place} was delivered again without any fault`,
    );
    const id = body === undefined ? undefined : oracle.eventOfBody(body);
    if (id === undefined) return;
    const key = `${consumer} ${id}`;
    starts.set(key, (starts.get(key) ?? 0) + 1);
  }

  return {
    isStrict,
    isUnfailing,
    starts,
    sentTwice() {
      twice += 1;
    },
    read(record) {
      record.deliveries += 1;
      const { topic, partition, offset, deliveries } = record;
      startedBy(KAFKA_CONSUMER, bodyOf(record), `${topic}-${partition}@${offset}`, deliveries);
    },
    delivered(messages) {
      for (const { text, messageId, deliveries } of messages)
        startedBy(RABBITMQ_CONSUMER, text, `${messageId} of RabbitMQ`, deliveries);
    },
    added(consumer, message, role) {
      const text = message.attributes[ATTRIBUTES.dlqRetryCount] ?? "0";
      const count = Number(text);
      const isCount = /^[0-3]$/.test(text);
      assertInvariant(
        isCount || role !== "source",
        "I10",
        () => `a message was sent with the retry count ${text}`,
      );
      const key = `${consumer} ${message.body}`;
      const counts = sent.get(key) ?? [0, 0, 0, 0];
      sent.set(key, counts);
      if (role !== "source") {
        assertInvariant(
          !isStrict || !isCount,
          "I11",
          () => `a message is a dead letter without any fault: ${message.body}`,
        );
        if (role === "dead" && isCount) for (let i = 0; i <= count; i++) counts[i] = (counts[i] ?? 0) + 1;
        return;
      }
      counts[count] = (counts[count] ?? 0) + 1;
      if (count === 0) return;
      const allowed = (counts[count - 1] ?? 0) + (again.get(key) ?? 0) + twice;
      assertInvariant(
        (counts[count] ?? 0) <= allowed,
        "I10",
        () => `retry ${count} was sent ${counts[count]} times, retry ${count - 1} ${counts[count - 1]} times`,
      );
    },
    handled(consumer, received, role) {
      for (const { message, receiveCount } of received) {
        const key = `${consumer} ${message.body}`;
        if (role === "dead") {
          if (receiveCount > 1) again.set(key, (again.get(key) ?? 0) + 1);
          continue;
        }
        assertInvariant(
          receiveCount <= RECEIVES,
          "I10",
          () => `a message is delivered for the ${receiveCount}th time`,
        );
        assertInvariant(
          !isStrict || receiveCount === 1,
          "I11",
          () => `a message was delivered again without any fault: ${message.body}`,
        );
        const id = oracle.eventOfBody(message.body);
        if (id !== undefined) starts.set(`${consumer} ${id}`, (starts.get(`${consumer} ${id}`) ?? 0) + 1);
      }
    },
  };
}
