import type { EventType } from "../contract/order-status.ts";
import type { MessageFacts } from "../middleware/failure-log.ts";
import type { Order } from "../orders/domain/order.ts";

/** What the tables hold about the effect of a message. */
export interface Evidence {
  readonly order: Order | undefined;
  readonly notification: "none" | "sending" | "sent";
  /** The consumers whose effect of the event is marked, of those with the access `effect-once`. */
  readonly marks: ReadonlySet<string>;
}

/** A failed message of the consumer, with the order that it belongs to. */
export interface EffectInput {
  readonly message: Pick<MessageFacts, "eventId" | "eventType">;
  readonly order: Order;
  readonly notification: Evidence["notification"];
  /** Whether the effect of this consumer is marked. Always false without the access `effect-once`. */
  readonly isMarked: boolean;
}

/**
 * What the tables show about the effect of a message:
 * - `done`: it exists, or is no longer wanted;
 * - `missing`: it does not exist;
 * - `unknown`: the tables show neither.
 */
export interface Effect {
  readonly effect: "done" | "missing" | "unknown";
  /** What shows it. */
  readonly because: string;
}

/** The effect of one message, for operators and maintenance. Pure: only the evidence counts. */
export interface ConsumerEffect {
  /** MUST NOT guess: where the tables show nothing, the effect is `unknown`, and only an operator ends the message. */
  check(input: EffectInput): Effect;
  /** What stays undone if the message is discarded, one sentence each; asked only where the effect is not `done`. */
  undone(input: EffectInput): readonly string[];
  /** Whether the effect is outside the tables, as a mail, and may exist: a redrive could repeat it. */
  isInDoubt?(input: Pick<EffectInput, "notification">): boolean;
}

/** The effect of a consumer with the access `effect-once`: its mark alone shows it. */
export function markedEffect(undone: ConsumerEffect["undone"]): ConsumerEffect {
  return {
    check: ({ isMarked }) =>
      isMarked
        ? { effect: "done", because: "the event is marked as done" }
        : { effect: "missing", because: "the event has no mark" },
    undone,
  };
}

/**
 * What a consumer may use. Each name stands for the IAM permissions and the environment variables of one grant.
 * `effect-once` is the port of that name: writes and a mark of the event in one transaction.
 */
export type Access = "orders-and-stock" | "orders" | "notifications" | "mail" | "effect-once";

/** A table that one consumer alone writes. Its keys are texts. */
export interface OwnTable<Name extends string = string> {
  /** Lower case with dashes; the physical name is `order-events-<stage>-<consumer>-<name>`. */
  readonly name: Name;
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** The attribute that holds the epoch second after which DynamoDB may delete a row. Absent: rows stay. */
  readonly ttl?: string;
}

/** Batches and concurrency. Absent values are those of the deployment's settings. */
export interface BatchSettings {
  /** The most messages in one invocation (`batchSize`). */
  readonly size?: number;
  /** How long a batch is collected (`batchWindowSeconds`). */
  readonly windowSeconds?: number;
  /** Invocations at a time (`maxConcurrency`). */
  readonly maxConcurrency?: number;
}

/** One consumer of order events with a queue of its own. Stacks, functions and operators' tools follow from it. */
export interface ConsumerDeclaration<
  Name extends string = string,
  Table extends string = string,
  Held extends Access = Access,
> {
  /** Lower case with dashes; part of every physical name. */
  readonly name: Name;
  /** One line in the present tense, for descriptions. */
  readonly does: string;
  /** The event types that its subscription passes. */
  readonly on: readonly EventType[];
  /** Whether the consumer of Kafka or RabbitMQ does the same work for these types, where that broker processes. */
  readonly alsoByBrokers: boolean;
  /** Its access to resources that consumers share. */
  readonly access: readonly Held[];
  /** Its own tables. Each has a grant and an environment variable; `ownTables` returns their names. */
  readonly tables?: readonly OwnTable<Table>[];
  readonly batch?: BatchSettings;
  /** Time-out of one invocation. Absent: the setting `consumerTimeoutSeconds`. */
  readonly timeoutSeconds?: number;
  readonly effect: ConsumerEffect;
}

/** A declaration with its types. `checkDeclaration` checks each one that is listed in consumers.ts. */
export function defineConsumer<
  const Name extends string,
  const Table extends string = never,
  const Held extends Access = never,
>(declaration: ConsumerDeclaration<Name, Table, Held>): ConsumerDeclaration<Name, Table, Held> {
  return declaration;
}
