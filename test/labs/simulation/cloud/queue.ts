import type { Random } from "../engine/random.ts";
import { holds } from "../violation.ts";

/** One message in a queue. */
export interface Copy {
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

/** A message as one receive got it. */
export interface Received {
  readonly copy: Copy;
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
  readonly copies: Set<Copy>;
  send(body: string, attributes: Readonly<Record<string, string>>, delayMs: number): void;
  /** Up to `limit` visible messages. One received too often goes to the dead-letter queue instead. */
  receive(limit: number, staysVisible: number): readonly Received[];
  hasVisible(): boolean;
  /** A handle that a later receive has replaced may or may not do. */
  remove(received: Received): void;
  changeVisibility(receipt: string, seconds: number): void;
  /** Lets go of what is past its retention. */
  expire(): void;
}

export interface QueueWatch {
  now(): number;
  readonly random: Random;
  /** `isMoved`: it came from its source queue, not by a send. */
  added(queue: SimQueue, copy: Copy, isMoved: boolean): void;
  removed(queue: SimQueue, copy: Copy): void;
  nextId(): string;
}

export function simQueue(spec: QueueSpec, watch: QueueWatch): SimQueue {
  const { random } = watch;
  const copies = new Set<Copy>();
  const byReceipt = new Map<string, Copy>();

  function drop(copy: Copy): void {
    if (copies.delete(copy)) watch.removed(queue, copy);
  }

  /** The receive count went past the limit: the same message, in the other queue, with its old age. */
  function redrive(copy: Copy, deadLetters: SimQueue): void {
    copies.delete(copy);
    const moved = { ...copy, receives: 0, visibleAt: watch.now(), receipt: "" };
    deadLetters.copies.add(moved);
    watch.added(deadLetters, moved, true);
    watch.removed(queue, copy);
  }

  const queue: SimQueue = {
    name: spec.name,
    arn: `arn:aws:sqs:eu-central-1:000000000000:${spec.name}`,
    url: `https://sqs/${spec.name}`,
    retentionMs: spec.retentionMs,
    copies,
    send(body, attributes, delayMs) {
      const sentAt = watch.now();
      const copy: Copy = {
        messageId: watch.nextId(),
        body,
        attributes,
        sentAt,
        visibleAt: sentAt + delayMs,
        receives: 0,
        receipt: "",
      };
      copies.add(copy);
      watch.added(queue, copy, false);
    },
    hasVisible() {
      for (const copy of copies) if (copy.visibleAt <= watch.now()) return true;
      return false;
    },
    receive(limit, staysVisible) {
      const now = watch.now();
      const visible = [...copies].filter((copy) => copy.visibleAt <= now);
      const received: Received[] = [];
      while (received.length < limit && visible.length > 0) {
        const index = random.below(visible.length);
        const copy = visible[index] as Copy;
        visible.splice(index, 1);
        if (copy.receives >= (spec.maxReceiveCount ?? Number.POSITIVE_INFINITY) && spec.deadLetters) {
          redrive(copy, spec.deadLetters);
          continue;
        }
        copy.receives += 1;
        copy.receipt = watch.nextId();
        byReceipt.set(copy.receipt, copy);
        if (!random.chance(staysVisible)) copy.visibleAt = now + spec.visibilityMs;
        received.push({ copy, receipt: copy.receipt, receiveCount: copy.receives });
      }
      return received;
    },
    remove({ copy, receipt }) {
      if (copy.receipt === receipt || random.chance(0.5)) drop(copy);
    },
    changeVisibility(receipt, seconds) {
      const copy = byReceipt.get(receipt);
      if (copy?.receipt === receipt) copy.visibleAt = watch.now() + seconds * 1_000;
    },
    expire() {
      for (const copy of copies) if (watch.now() - copy.sentAt > spec.retentionMs) drop(copy);
    },
  };
  return queue;
}

/** The event that Lambda's poller makes of received messages. */
export function sqsEventOf(queue: SimQueue, received: readonly Received[]) {
  return {
    Records: received.map(({ copy, receipt, receiveCount }) => ({
      messageId: copy.messageId,
      receiptHandle: receipt,
      body: copy.body,
      attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: String(copy.sentAt) },
      messageAttributes: Object.fromEntries(
        Object.entries(copy.attributes).map(([name, stringValue]) => [name, { stringValue }]),
      ),
      eventSource: "aws:sqs",
      eventSourceARN: queue.arn,
    })),
  };
}

/**
 * Which messages an answer fails, by Lambda's rules. NAMES: an answer names records of its event only; what it does
 * not know makes Lambda bring the whole event again.
 */
export function failedIn(received: readonly Received[], answer: unknown): ReadonlySet<Received> {
  const failures = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return new Set(received);
  const failed = new Set<Received>();
  for (const failure of failures as readonly { itemIdentifier?: unknown }[]) {
    const named = received.filter(({ copy }) => copy.messageId === failure?.itemIdentifier);
    holds(
      named.length > 0,
      "NAMES",
      () => `an answer names ${String(failure?.itemIdentifier)}, which was not asked`,
    );
    for (const one of named) failed.add(one);
  }
  return failed;
}
