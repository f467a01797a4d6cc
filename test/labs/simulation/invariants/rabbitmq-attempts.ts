import type { RabbitMessage } from "../../../../functions/adapters/rabbitmq-publisher.ts";
import { queueOfSuspects, RABBITMQ, RABBITMQ_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import { RABBIT_HEADERS } from "../../../../functions/middleware/transports/rabbitmq.ts";
import {
  expiryOf,
  type Lineage,
  NEW_LINEAGE,
  type QueuedMessage,
  type RabbitQueue,
  readerOf,
} from "../cloud/rabbitmq-queue.ts";
import type { Invocation, Scheduler } from "../engine/scheduler.ts";
import type { Oracle } from "../oracle.ts";
import { assertInvariant } from "../violation.ts";

/** Retries from the dead-letter queue. */
const DLQ_RETRIES = 3;
/** Two deliveries alone, each of which may be the move of an uncounted one. */
const MOST_SUSPICIONS = 3;
/** Of an invocation: afterwards its deadline may have kept it from parking. */
const TIMELY_MS = 25_000;

/** I10 for RabbitMQ: the copies of each message, counted apart from its headers, which a client may forge. */
export interface RabbitAttempts {
  /** Checks a message that a function publishes; returns the lineage of the copy. */
  published(message: RabbitMessage, text: string): Lineage;
  /** The broker did not confirm a message of the invocation. */
  refused(invocation: Invocation | undefined): void;
  /** A call of the failed-message store failed in the invocation. */
  storeFailed(invocation: Invocation | undefined): void;
  /** Whether the invocation may end with an error, so that its whole batch is redelivered. */
  mayFail(invocation: Invocation | undefined): boolean;
}

export function rabbitAttempts(scheduler: Scheduler, oracle: Oracle): RabbitAttempts {
  const refused = new WeakSet<Invocation>();
  const withoutStore = new WeakSet<Invocation>();

  /** The lineage of the message that is copied. Of several with this body each count is the least, so none is too high. */
  function lineageOf(text: string): Lineage | undefined {
    const same = (scheduler.acting?.deliveries ?? []).filter((one) => one.text === text);
    const least = (count: (lineage: Lineage) => number) =>
      Math.min(...same.map(({ lineage }) => count(lineage)));
    if (same.length === 0) return undefined;
    return {
      failures: least(({ failures }) => failures),
      dlqRetries: least(({ dlqRetries }) => dlqRetries),
      suspicions: least(({ suspicions }) => suspicions),
    };
  }

  const isLateOrWithoutStore = (invocation: Invocation) =>
    withoutStore.has(invocation) || scheduler.now() - invocation.startedAt > TIMELY_MS;

  function continued(lineage: Lineage, { routingKey, messageId }: RabbitMessage): Lineage {
    const invocation = scheduler.acting;
    if (invocation?.name !== RABBITMQ_CONSUMER) {
      const dlqRetries = lineage.dlqRetries + 1;
      assertInvariant(
        dlqRetries <= DLQ_RETRIES,
        "I10",
        () => `${messageId} is retried from the dead-letter queue for the ${dlqRetries}th time`,
      );
      return { ...NEW_LINEAGE, dlqRetries };
    }
    if (queueOfSuspects(routingKey) !== undefined) {
      const suspicions = lineage.suspicions + 1;
      assertInvariant(
        suspicions <= MOST_SUSPICIONS,
        "I10",
        () => `${messageId} is moved to ${routingKey} for the ${suspicions}th time`,
      );
      return { ...lineage, suspicions };
    }
    const failures = lineage.failures + 1;
    const isLast = failures >= RABBITMQ.attempts;
    assertInvariant(
      !isLast || isLateOrWithoutStore(invocation),
      "I10",
      () => `${messageId} failed ${failures} times, and is retried`,
    );
    return { ...lineage, failures: Math.min(failures, RABBITMQ.attempts - 1), suspicions: 0 };
  }

  return {
    published(message, text) {
      const { exchange, routingKey, messageId, headers } = message;
      const mark = headers[ATTRIBUTES.redriveId];
      const isMarked = mark === undefined || oracle.redriveIds.has(String(mark));
      assertInvariant(isMarked, "I18", () => `${messageId} is published with an unknown redrive id`);
      if (exchange !== "") {
        const isNew = headers[RABBIT_HEADERS.attempt] === undefined;
        assertInvariant(isNew, "I10", () => `${messageId} is published with the attempts of an earlier one`);
        const isKnown = oracle.eventOfBody(text) === messageId || oracle.isForeign(RABBITMQ_CONSUMER, text);
        assertInvariant(
          isKnown,
          "I5",
          () => `${messageId} is published, and no transition made this content`,
        );
        return NEW_LINEAGE;
      }
      const lineage = lineageOf(text);
      assertInvariant(
        lineage !== undefined,
        "I5",
        () => `${messageId} is copied to ${routingKey}, and the invocation has no such message`,
      );
      return lineage === undefined ? NEW_LINEAGE : continued(lineage, message);
    },
    refused(invocation) {
      if (invocation !== undefined) refused.add(invocation);
    },
    storeFailed(invocation) {
      if (invocation !== undefined) withoutStore.add(invocation);
    },
    mayFail(invocation) {
      if (invocation === undefined || refused.has(invocation)) return true;
      // The consumer copies what it could not park; the reader of dead letters has no other way than an error.
      return invocation.name !== RABBITMQ_CONSUMER && isLateOrWithoutStore(invocation);
    },
  };
}

/** DEATH: a dead letter is parked as expired only where it expired last, and not in a retry queue. */
export function checkDeathReason(row: FailedMessage, invocation: Invocation | undefined): void {
  if (invocation?.name !== "rabbitmq-dead-letters" || row.status !== "OPEN") return;
  const deaths = (invocation.deliveries ?? [])
    .filter(({ text }) => text === row.body || text === row.originalBody)
    .flatMap((message) => message.deaths[0] ?? []);
  const isTrue = row.reason !== "EXPIRED" || deaths.some(({ reason }) => reason === "expired");
  assertInvariant(isTrue, "DEATH", () => `${row.failedKey} is parked as expired, and did not expire`);
}

/** DELAY: a message leaves a retry queue once its delay is over, whatever waits before it. */
export function checkDelay(queue: RabbitQueue, message: QueuedMessage): void {
  if (readerOf(queue) !== undefined) return;
  const expiry = expiryOf(queue, message);
  assertInvariant(
    queue.lastExpiry <= expiry,
    "DELAY",
    () => `${message.messageId} waits in ${queue.name} behind a message of a longer delay`,
  );
}
