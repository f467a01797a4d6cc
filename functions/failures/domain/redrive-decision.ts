import { BROKER_EVENT_TYPES, declarationOf, isQueueConsumer } from "../../consumers/consumers.ts";
import type { Evidence } from "../../consumers/define-consumer.ts";
import {
  KAFKA_CONSUMER,
  RABBITMQ,
  RABBITMQ_CONSUMER,
  RABBITMQ_PUBLISHER,
} from "../../contract/broker-names.ts";
import type { MailDecision } from "../../contract/failures.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { linesDigest } from "../../orders/domain/order.ts";
import { isPublisher, noTargetFor } from "../../publishing/domain/publishers.ts";
import { checkEffect, isInDoubt, knownConsumer } from "./effect-check.ts";
import type { FailedMessage } from "./failed-message.ts";

/** A body as the consumers decode it now, which may differ from the time of its failure. */
export type BodyContent =
  | { readonly kind: "message"; readonly message: OrderEvent }
  | { readonly kind: "malformed"; readonly reason: string; readonly detail: string };

/** All that a decision about a failed message depends on, beside its row. */
export interface Findings {
  readonly evidence: Evidence;
  readonly content: BodyContent;
  /** Whether a queue or topic is configured for the message. */
  readonly hasTarget: boolean;
}

export type RedriveDecision =
  /** `warning`: why it fails again, as far as the order shows it. */
  | { readonly kind: "send"; readonly warning?: string }
  /** Its effect exists or is no longer wanted: the row is resolved, nothing is sent. */
  | { readonly kind: "resolve"; readonly because: string }
  /**
   * `status`: the row is not OPEN. `futile`: the message would fail again, or could do harm. `mail`: the decision on its
   * mail is not for this message.
   */
  | { readonly kind: "refuse"; readonly cause: "status" | "futile" | "mail"; readonly whyNot: string };

const NOT_OPEN: Readonly<Record<Exclude<FailedMessage["status"], "OPEN">, string>> = {
  RETRYING: "It is still being retried.",
  REDRIVEN: "It was redriven and has no outcome yet.",
  RESOLVED: "It is resolved: there is nothing to send.",
  DISCARDED: "It was discarded. Undo that first.",
};

/** With an operator's decision on the mail of the message in place of the stored state, where there is one. */
export function decideRedrive(
  row: FailedMessage,
  { evidence: stored, content, hasTarget }: Findings,
  mail?: MailDecision,
): RedriveDecision {
  if (row.status !== "OPEN") return { kind: "refuse", cause: "status", whyNot: NOT_OPEN[row.status] };
  const noMail = mail === undefined ? undefined : whyNoMailDecision(row, stored, mail);
  if (noMail !== undefined) return { kind: "refuse", cause: "mail", whyNot: noMail };
  const evidence = mail === undefined ? stored : { ...stored, notification: decidedState(stored, mail) };
  const { effect, because } = checkEffect(row, evidence);
  if (effect === "done") return { kind: "resolve", because };
  if (content.kind === "malformed")
    return futile(`It would fail as ${content.reason}: ${content.detail} Edit or discard it.`);
  if (!hasTarget) return futile(noTargetFor(row.consumer));
  const { type } = content.message;
  if (!acceptsType(row.consumer, type)) return futile(doesNotAccept(row.consumer, type));
  if (isInDoubt(row, evidence)) {
    return futile(
      "The mail may have been sent, and is never sent twice. Find out whether it was, then redrive the message as sent or as not-sent (--sent or --not-sent).",
    );
  }
  const warning = whyFailsAgain(row, evidence, content.message);
  return { kind: "send", ...(warning !== undefined && { warning }) };
}

function whyFailsAgain(
  { reason }: FailedMessage,
  { order }: Evidence,
  { data }: OrderEvent,
): string | undefined {
  const again = (because: string) => `It fails again as ${reason}: ${because}.`;
  switch (reason) {
    case "UNKNOWN_ORDER":
      return order === undefined ? again("its order does not exist") : undefined;
    case "EVENT_CONTRADICTS_ORDER":
      return order !== undefined && order.linesDigest !== linesDigest(data.lines)
        ? again("neither its lines nor those of the order can change; discard it")
        : undefined;
    case "STATE_CONFLICT":
      return order !== undefined && order.status !== "CANCELLED"
        ? again(`the order is ${order.status}`)
        : undefined;
    default:
      return undefined;
  }
}

function whyNoMailDecision(
  { consumer, eventId, reason }: FailedMessage,
  { notification }: Evidence,
  mail: MailDecision,
): string | undefined {
  const sendsMail = isQueueConsumer(consumer) && declarationOf(consumer).effect.isInDoubt !== undefined;
  if (!sendsMail || eventId === undefined)
    return "This message sends no mail: redrive it without a decision on a mail.";
  // The rows of a restored table may have lost the attempt.
  const isKnown = notification !== "none" || reason === "OUTCOME_UNKNOWN";
  return isKnown || mail === "not-sent"
    ? undefined
    : "No attempt to send this mail has begun: redrive it without a decision on it.";
}

/** A mail that is known to be sent stays so. */
const decidedState = ({ notification }: Evidence, mail: MailDecision): Evidence["notification"] =>
  notification === "sent" || mail === "sent" ? "sent" : "none";

/** A publisher accepts every type, a consumer those that it subscribes to. */
export function acceptsType(consumer: string, type: OrderEvent["type"]): boolean {
  if (consumer === RABBITMQ_PUBLISHER) return type in RABBITMQ.queues;
  if (isPublisher(consumer)) return true;
  if (consumer === KAFKA_CONSUMER || consumer === RABBITMQ_CONSUMER) return BROKER_EVENT_TYPES.includes(type);
  return isQueueConsumer(consumer) && declarationOf(consumer).on.includes(type);
}

/** Why an event of this type is not sent to the consumer. */
export function doesNotAccept(consumer: string, type: OrderEvent["type"]): string {
  return knownConsumer({ consumer }) === undefined
    ? `No consumer ${consumer} is known.`
    : `${consumer} accepts no ${type}.`;
}

function futile(whyNot: string): RedriveDecision {
  return { kind: "refuse", cause: "futile", whyNot };
}
