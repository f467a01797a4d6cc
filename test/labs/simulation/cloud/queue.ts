import type { Random } from "../engine/random.ts";
import { assertInvariant } from "../violation.ts";

/** One message in a queue. */
export interface DeliveredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Retention counts from here, also in the dead-letter queue. Milliseconds, as all times here. */
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  /** The handle of the latest receive. */
  receipt: string;
}

/** A message as one receive returned it. */
export interface Received {
  readonly message: DeliveredMessage;
  readonly receipt: string;
  readonly receiveCount: number;
}

export interface QueueSpec {
  readonly name: string;
  readonly visibilityMs: number;
  readonly retentionMs: number;
  readonly maxReceiveCount?: number;
  readonly deadLetters?: SimQueue;
}

/** A standard queue by the rules of SQS: at least once, in any order, redrive by receive count. */
export interface SimQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly retentionMs: number;
  readonly messages: Set<DeliveredMessage>;
  send(body: string, attributes: Readonly<Record<string, string>>, delayMs: number): void;
  /** Up to `limit` visible messages. A message at its maximum receive count goes to the dead-letter queue instead. */
  receive(limit: number, staysVisible: number): readonly Received[];
  hasVisible(): boolean;
  /** An outdated receipt handle may or may not delete the message. */
  remove(received: Received): void;
  changeVisibility(receipt: string, seconds: number): void;
  /** Loses a message, as a purge does. */
  lose(message: DeliveredMessage): void;
  /** Drops messages past their retention. */
  expire(): void;
}

export interface QueueWatch {
  now(): number;
  readonly random: Random;
  /** `isMoved`: from its source queue, not by a send. */
  added(queue: SimQueue, message: DeliveredMessage, isMoved: boolean): void;
  removed(queue: SimQueue, message: DeliveredMessage): void;
  nextId(): string;
}

export function simQueue(spec: QueueSpec, watch: QueueWatch): SimQueue {
  const { random } = watch;
  const messages = new Set<DeliveredMessage>();
  const byReceipt = new Map<string, DeliveredMessage>();

  function drop(message: DeliveredMessage): void {
    if (messages.delete(message)) watch.removed(queue, message);
  }

  /** Moves a message at its maximum receive count to the dead-letter queue, with its age. */
  function redrive(message: DeliveredMessage, deadLetters: SimQueue): void {
    messages.delete(message);
    const moved = { ...message, receives: 0, visibleAt: watch.now(), receipt: "" };
    deadLetters.messages.add(moved);
    watch.added(deadLetters, moved, true);
    watch.removed(queue, message);
  }

  const queue: SimQueue = {
    name: spec.name,
    arn: `arn:aws:sqs:eu-central-1:000000000000:${spec.name}`,
    url: `https://sqs/${spec.name}`,
    retentionMs: spec.retentionMs,
    messages,
    send(body, attributes, delayMs) {
      const sentAt = watch.now();
      const message: DeliveredMessage = {
        messageId: watch.nextId(),
        body,
        attributes,
        sentAt,
        visibleAt: sentAt + delayMs,
        receives: 0,
        receipt: "",
      };
      messages.add(message);
      watch.added(queue, message, false);
    },
    hasVisible() {
      for (const message of messages) if (message.visibleAt <= watch.now()) return true;
      return false;
    },
    receive(limit, staysVisible) {
      const now = watch.now();
      const visible = [...messages].filter((message) => message.visibleAt <= now);
      const received: Received[] = [];
      while (received.length < limit && visible.length > 0) {
        const index = random.below(visible.length);
        const message = visible[index] as DeliveredMessage;
        visible.splice(index, 1);
        if (message.receives >= (spec.maxReceiveCount ?? Number.POSITIVE_INFINITY) && spec.deadLetters) {
          redrive(message, spec.deadLetters);
          continue;
        }
        message.receives += 1;
        message.receipt = watch.nextId();
        byReceipt.set(message.receipt, message);
        if (!random.chance(staysVisible)) message.visibleAt = now + spec.visibilityMs;
        received.push({ message, receipt: message.receipt, receiveCount: message.receives });
      }
      return received;
    },
    remove({ message, receipt }) {
      if (message.receipt === receipt || random.chance(0.5)) drop(message);
    },
    changeVisibility(receipt, seconds) {
      const message = byReceipt.get(receipt);
      if (message?.receipt === receipt) message.visibleAt = watch.now() + seconds * 1_000;
    },
    lose: drop,
    expire() {
      for (const message of messages) if (watch.now() - message.sentAt > spec.retentionMs) drop(message);
    },
  };
  return queue;
}

/** Lambda's event for received messages. */
export function sqsEventOf(queue: SimQueue, received: readonly Received[]) {
  return {
    Records: received.map(({ message, receipt, receiveCount }) => ({
      messageId: message.messageId,
      receiptHandle: receipt,
      body: message.body,
      attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: String(message.sentAt) },
      messageAttributes: Object.fromEntries(
        Object.entries(message.attributes).map(([name, stringValue]) => [name, { stringValue }]),
      ),
      eventSource: "aws:sqs",
      eventSourceARN: queue.arn,
    })),
  };
}

/**
 * The messages that a response fails, by Lambda's rules. NAMES: a response names only records of its event; an unknown
 * name makes Lambda deliver the whole event again.
 */
export function failedIn(received: readonly Received[], response: unknown): ReadonlySet<Received> {
  const failures = (response as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return new Set(received);
  const failed = new Set<Received>();
  for (const failure of failures as readonly { itemIdentifier?: unknown }[]) {
    const named = received.filter(({ message }) => message.messageId === failure?.itemIdentifier);
    assertInvariant(
      named.length > 0,
      "NAMES",
      () => `a response names ${String(failure?.itemIdentifier)}, which is not in the event`,
    );
    for (const one of named) failed.add(one);
  }
  return failed;
}
