import type { EventType } from "../contract/order-status.ts";
import type { MessageFacts } from "../middleware/failure-log.ts";
import type { Order } from "../orders/domain/order.ts";

/** What the tables hold about the effect of a message. */
export interface Evidence {
  readonly order: Order | undefined;
  readonly notification: "none" | "sending" | "sent";
}

/** A failed message of the consumer, with the order that it belongs to. */
export interface EffectInput {
  readonly message: Pick<MessageFacts, "eventId" | "eventType">;
  readonly order: Order;
  readonly notification: Evidence["notification"];
}

/** What an operator needs to know about the effect of one message. Pure: only the evidence counts. */
export interface ConsumerEffect {
  /** What shows that the effect is there or no longer wanted; `undefined` where nothing does. MUST NOT guess. */
  isThere(input: EffectInput): string | undefined;
  /** What stays undone if the message is discarded, one sentence each; asked only where `isThere` shows nothing. */
  undone(input: EffectInput): readonly string[];
  /** Whether the effect is outside the tables, as a mail, and may be there: a redrive could repeat it. */
  isInDoubt?(input: Pick<EffectInput, "notification">): boolean;
}

/** What a consumer may use. Each name stands for the IAM permissions and the environment variables of one grant. */
export type Access = "orders-and-stock" | "orders" | "notifications" | "mail";

/** One consumer of order events with a queue of its own. Stacks, functions and operators' tools follow from it. */
export interface ConsumerDeclaration<Name extends string = string> {
  /** Lower case with dashes; part of every physical name. */
  readonly name: Name;
  /** One line in the present tense, for descriptions. */
  readonly does: string;
  /** The event types that its subscription passes. */
  readonly on: readonly EventType[];
  /** Whether the Kafka consumer does the same work for these types, where Kafka processes. */
  readonly alsoByKafka: boolean;
  readonly access: readonly Access[];
  readonly effect: ConsumerEffect;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** With the stage before it and the suffix of a queue behind it, a name stays below the 64 characters of a function. */
const NAME_LENGTH = 32;

/** Throws a RangeError for a name that cannot be part of a physical name, and where no event type is named. */
export function defineConsumer<const Name extends string>(
  declaration: ConsumerDeclaration<Name>,
): ConsumerDeclaration<Name> {
  const { name, on } = declaration;
  if (!NAME.test(name) || name.length > NAME_LENGTH) {
    throw new RangeError(
      `A consumer's name is at most ${NAME_LENGTH} lower-case letters, digits and single dashes; received "${name}".`,
    );
  }
  if (on.length === 0) throw new RangeError(`The consumer ${name} subscribes to no event type.`);
  return declaration;
}
