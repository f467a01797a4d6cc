import { RabbitRefusal, unroutable } from "../../../../functions/adapters/rabbitmq-errors.ts";
import type { RabbitMessage } from "../../../../functions/adapters/rabbitmq-publisher.ts";
import { RABBITMQ, RABBITMQ_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import type { Published } from "../../../../functions/publishing/ports/publisher.ts";
import type { RabbitTopology } from "../../../../lib/settings/rabbitmq-topology.ts";
import type { ErrorReply } from "../engine/port-calls.ts";
import type { Random } from "../engine/random.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import { checkDelay, type RabbitAttempts } from "../invariants/rabbitmq-attempts.ts";
import type { Oracle } from "../oracle.ts";
import {
  type ClientMessage,
  type DeathReason,
  deadLetterOf,
  expiryOf,
  isFull,
  isOfSuspects,
  type Lineage,
  messagesIn,
  NEW_LINEAGE,
  newQueue,
  type QueuedMessage,
  type RabbitQueue,
  textOfBody,
} from "./rabbitmq-queue.ts";
import { type RabbitRules, rabbitRules } from "./rabbitmq-rules.ts";

/** A dead letter that no target accepts is offered again. */
const DEAD_LETTER_PAUSE_MS = 180_000;
const LONGEST_OUTAGE_MS = 3_600_000;

export const NO_COUNTS = { requeued: 0, deadLettered: 0, suspected: 0, killed: 0 };
export type RabbitCounts = typeof NO_COUNTS;

/** A broker of RabbitMQ with the topology of the deployment. */
export interface SimRabbit {
  readonly queues: readonly RabbitQueue[];
  readonly rules: RabbitRules;
  readonly isDown: boolean;
  /** +1 each time the broker was killed: the deliveries before are no longer acknowledged by their channels. */
  readonly generation: number;
  /** Redrive ids that were published. */
  readonly redriveIds: ReadonlySet<string>;
  readonly attempts: RabbitAttempts;
  readonly counts: RabbitCounts;
  queue(name: string): RabbitQueue;
  /** Publishes with confirms and `mandatory`. */
  publish(messages: readonly RabbitMessage[]): Published[];
  /** Another client puts a message into a queue; returns whether it is there. */
  put(queue: string, message: ClientMessage, lineage?: Lineage): boolean;
  /** Takes messages from the head. */
  deliver(queue: RabbitQueue, limit: number): readonly QueuedMessage[];
  acknowledge(queue: RabbitQueue, messages: readonly QueuedMessage[]): void;
  /** Redelivers unacknowledged messages; `loss` of their channel. */
  requeue(queue: RabbitQueue, messages: readonly QueuedMessage[], how: RabbitRules["requeue"]): void;
  hasDeadLetters(queue: RabbitQueue): boolean;
  /** Moves expired messages from the head, and offers dead letters again. */
  moveDeadLetters(queue: RabbitQueue): void;
  /** Kills the broker. It restarts by itself. */
  kill(): void;
  /** Takes a queue or a binding away, without messages. */
  removePart(): void;
  readonly isPartMissing: boolean;
  /** Applies the topology. */
  restoreParts(): void;
}

export interface RabbitOptions {
  readonly topology: RabbitTopology;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly oracle: Oracle;
  /** Probabilities of faults. */
  readonly failing: () => number;
  readonly duplicating: () => number;
  readonly killing: () => number;
  readonly attempts: RabbitAttempts;
}

export function newRabbit(options: RabbitOptions): SimRabbit {
  const { topology, scheduler, random, oracle, failing, duplicating, attempts } = options;
  const rules = rabbitRules(random);
  const byName = new Map(topology.policies.map((policy) => [policy.queue, newQueue(policy)]));
  const queues = [...byName.values()];
  const bindings = new Set(topology.bindings);
  const redriveIds = new Set<string>();
  const counts = { ...NO_COUNTS };
  let ids = 0;
  let isDown = false;
  let generation = 0;

  function targetsOf(exchange: string, key: string): readonly RabbitQueue[] {
    const isFanout = topology.exchanges.some(({ name, type }) => name === exchange && type === "fanout");
    const names =
      exchange === ""
        ? [key]
        : [...bindings]
            .filter((binding) => binding.exchange === exchange && (isFanout || binding.key === key))
            .map(({ queue }) => queue);
    return names.flatMap((name) => byName.get(name) ?? []).filter(({ isMissing }) => !isMissing);
  }

  function enqueue(
    queue: RabbitQueue,
    message: ClientMessage & { readonly lineage: Lineage; readonly deaths: QueuedMessage["deaths"] },
  ): boolean {
    if (isFull(queue) && queue.policy["overflow"] === "reject-publish") return false;
    const text = textOfBody(message.body);
    const queued = { ...message, id: ++ids, text, enqueuedAt: scheduler.now(), deliveries: 0, counted: 0 };
    queue.ready.push(queued);
    oracle.count(RABBITMQ_CONSUMER, text, 1);
    if (queue.name === RABBITMQ.deadLetterQueue) counts.deadLettered += 1;
    if (isOfSuspects(queue)) counts.suspected += 1;
    const [head] = queue.ready;
    if (isFull(queue) && head !== undefined) {
      queue.ready.shift();
      die(queue, head, "maxlen");
    }
    return true;
  }

  function gone({ text }: QueuedMessage): void {
    oracle.count(RABBITMQ_CONSUMER, text, -1);
  }

  function die(queue: RabbitQueue, message: QueuedMessage, reason: DeathReason): void {
    const letter = { ...message, ...deadLetterOf(message, queue, reason, rules) };
    if (offer(queue, letter)) {
      gone(message);
      return;
    }
    const isKept =
      queue.policy["dead-letter-strategy"] === "at-least-once" &&
      queue.policy["overflow"] === "reject-publish";
    if (isKept && queue.policy["dead-letter-exchange"] !== undefined)
      queue.dying.push({ message: letter, notBefore: scheduler.now() + DEAD_LETTER_PAUSE_MS });
    else gone(message);
  }

  /** Offers a dead letter to its targets; returns whether one accepted it. */
  function offer(queue: RabbitQueue, letter: QueuedMessage): boolean {
    const exchange = queue.policy["dead-letter-exchange"];
    if (typeof exchange !== "string" || random.chance(failing())) return false;
    const key = String(queue.policy["dead-letter-routing-key"] ?? queue.name);
    const targets = targetsOf(exchange, key);
    if (targets.length === 0) return false;
    const times = random.chance(duplicating()) ? 2 : 1;
    let isAccepted = true;
    for (const target of targets)
      for (let i = 0; i < times; i++) isAccepted = (enqueue(target, letter) || i > 0) && isAccepted;
    return isAccepted;
  }

  const isExpired = (queue: RabbitQueue) => {
    const [head] = queue.ready;
    return head !== undefined && expiryOf(queue, head) <= scheduler.now();
  };

  function answer(message: RabbitMessage): Published {
    const text = textOfBody(message.body);
    const lineage = attempts.published(message, text);
    const targets = targetsOf(message.exchange, message.routingKey);
    if (targets.length === 0) return refused(unroutable(message));
    const isUnanswered = random.chance(failing());
    if (isUnanswered && random.chance(0.5)) return refused(UNANSWERED);
    const accepted = targets.map((target) => enqueue(target, { ...message, lineage, deaths: [] }));
    if (accepted.includes(false)) return refused(FULL);
    const redriveId = message.headers["redriveId"];
    if (typeof redriveId === "string") redriveIds.add(redriveId);
    return isUnanswered ? refused(UNANSWERED) : { kind: "published" };
  }

  const rabbit: SimRabbit = {
    queues,
    rules,
    redriveIds,
    attempts,
    counts,
    get isDown() {
      return isDown;
    },
    get generation() {
      return generation;
    },
    queue(name) {
      const found = byName.get(name);
      if (found === undefined) throw new RangeError(`The topology has no queue ${name}.`);
      return found;
    },
    publish(messages) {
      if (isDown) {
        attempts.refused(scheduler.acting);
        return messages.map(() => refused(UNANSWERED));
      }
      const isKilled = random.chance(options.killing());
      const reached = isKilled ? messages.slice(0, random.below(messages.length + 1)) : messages;
      const answers = reached.map(answer);
      if (isKilled) rabbit.kill();
      const all = isKilled ? messages.map(() => refused(UNANSWERED)) : answers;
      if (all.some(({ kind }) => kind === "refused")) attempts.refused(scheduler.acting);
      return all;
    },
    put(name, message, lineage = NEW_LINEAGE) {
      const queue = rabbit.queue(name);
      return !isDown && !queue.isMissing && enqueue(queue, { ...message, lineage, deaths: [] });
    },
    deliver(queue, limit) {
      while (isExpired(queue)) expireHead(queue);
      const taken = queue.ready.splice(0, limit);
      for (const message of taken) {
        message.deliveries += 1;
        queue.unacknowledged.add(message);
      }
      return taken;
    },
    acknowledge(queue, messages) {
      for (const message of messages) if (queue.unacknowledged.delete(message)) gone(message);
    },
    requeue(queue, messages, how) {
      const again: QueuedMessage[] = [];
      for (const message of messages) {
        if (!queue.unacknowledged.delete(message)) continue;
        counts.requeued += 1;
        if (how !== "nack" || rules.nackCounts) message.counted += 1;
        const limit = queue.policy["delivery-limit"];
        if (typeof limit === "number" && message.counted > limit) die(queue, message, "delivery_limit");
        else again.push(message);
      }
      if (rules.returnsToTail) queue.ready.push(...again);
      else queue.ready.unshift(...again);
    },
    hasDeadLetters(queue) {
      return (
        !isDown && (isExpired(queue) || queue.dying.some(({ notBefore }) => notBefore <= scheduler.now()))
      );
    },
    moveDeadLetters(queue) {
      while (isExpired(queue)) expireHead(queue);
      for (const dying of queue.dying.splice(0)) {
        const isDue = dying.notBefore <= scheduler.now();
        if (isDue && offer(queue, dying.message)) {
          gone(dying.message);
          continue;
        }
        if (isDue) dying.notBefore = scheduler.now() + DEAD_LETTER_PAUSE_MS;
        queue.dying.push(dying);
      }
    },
    kill() {
      counts.killed += 1;
      generation += 1;
      isDown = true;
      for (const queue of queues) rabbit.requeue(queue, [...queue.unacknowledged], "close");
      const outageMs = random.chance(0.2) ? random.below(LONGEST_OUTAGE_MS) : random.below(60_000);
      scheduler.after(outageMs, {
        label: "the broker is up again",
        run: () => {
          isDown = false;
        },
      });
    },
    removePart() {
      const [binding] = bindings;
      const empty = queues.filter((queue) => messagesIn(queue).length === 0 && !queue.isBusy);
      if (random.chance(0.5) && empty.length > 0) random.pick(empty).isMissing = true;
      else if (binding !== undefined) bindings.delete(random.pick([...bindings]));
    },
    get isPartMissing() {
      return bindings.size < topology.bindings.length || queues.some(({ isMissing }) => isMissing);
    },
    restoreParts() {
      for (const binding of topology.bindings) bindings.add(binding);
      for (const queue of queues) queue.isMissing = false;
    },
  };
  return rabbit;

  function expireHead(queue: RabbitQueue): void {
    const message = queue.ready.shift();
    if (message === undefined) return;
    queue.lastExpiry = Math.max(queue.lastExpiry, expiryOf(queue, message));
    checkDelay(queue, message);
    die(queue, message, "expired");
  }
}

const UNANSWERED = new RabbitRefusal("UNREACHABLE", "The broker did not confirm the message.");
const FULL = new RabbitRefusal("QUEUE_FULL", "A queue took no further message.");

function refused(error: RabbitRefusal): Published {
  return { kind: "refused", permanent: false, error };
}

/** The adapter reports an outage as a refusal of each message. */
export const rabbitErrors: ErrorReply = ([messages]): Published[] =>
  (messages as readonly unknown[]).map(() => refused(UNANSWERED));

/** Whether a message with this body is in a queue, beside the given ones. */
export function holdsAnother(
  { queues }: SimRabbit,
  isIt: (message: QueuedMessage) => boolean,
  beside: readonly QueuedMessage[],
): boolean {
  return queues.some((queue) => messagesIn(queue).some((one) => isIt(one) && !beside.includes(one)));
}
