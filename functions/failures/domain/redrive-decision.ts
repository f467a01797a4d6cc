import { KAFKA_EVENT_TYPES, SUBSCRIPTIONS } from "../../contract/names.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import { isPublisher, noWayTo } from "../../publishing/domain/publishers.ts";
import { type Evidence, effectSettledBecause } from "./effect-check.ts";
import type { FailedMessage } from "./failed-message.ts";

/** What a body is to the consumers as they are now, whatever it was when it failed. */
export type BodyContent =
  | { readonly kind: "message"; readonly message: OrderEvent }
  | { readonly kind: "malformed"; readonly reason: string; readonly detail: string };

/** What is known when an operator looks at a row. */
export interface Findings {
  readonly evidence: Evidence;
  readonly content: BodyContent;
  /** Whether there is a queue or topic that the message could be sent to. */
  readonly hasTarget: boolean;
}

/** What sending a message again would come to. */
export type RedriveDecision =
  | { readonly kind: "send" }
  /** Its effect is there or no longer wanted: the row is resolved, nothing is sent. */
  | { readonly kind: "resolve"; readonly because: string }
  /** `status`: the row is not OPEN; `vain`: the message would come straight back, or could do harm. */
  | { readonly kind: "refuse"; readonly cause: "status" | "vain"; readonly whyNot: string };

const NOT_OPEN: Readonly<Partial<Record<FailedMessage["status"], string>>> = {
  RETRYING: "Its queue is still trying by itself.",
  REDRIVEN: "It was sent again and is on its way.",
  RESOLVED: "It is resolved: there is nothing to send.",
  DISCARDED: "It was discarded. Undo that first.",
};

export function decideRedrive(
  row: FailedMessage,
  { evidence, content, hasTarget }: Findings,
): RedriveDecision {
  const notOpen = NOT_OPEN[row.status];
  if (notOpen !== undefined) return { kind: "refuse", cause: "status", whyNot: notOpen };
  const because = effectSettledBecause(row, evidence);
  if (because !== undefined) return { kind: "resolve", because };
  if (content.kind === "malformed") return vain(`It would come back as ${content.reason}: ${content.detail}`);
  if (!hasTarget) return vain(noWayTo(row.consumer));
  const { type } = content.message;
  if (!isTakenBy(row.consumer, type)) return vain(`${row.consumer} takes no ${type}.`);
  if (isMailInDoubt(row, evidence)) {
    return vain(
      'The mail may have gone out, and is never sent twice. See whether it did, then redrive this with --sent or --not-sent (API: mail: "sent" or "not-sent").',
    );
  }
  return { kind: "send" };
}

/** Whether the effect of a message is in the tables. A mail that may have been sent is `unknown`. */
export function effectOf(
  row: FailedMessage,
  evidence: Evidence,
): { readonly effect: "there" | "not there" | "unknown"; readonly because?: string } {
  const because = effectSettledBecause(row, evidence);
  if (because !== undefined) return { effect: "there", because };
  if (evidence.order === undefined) return { effect: "unknown", because: "no order belongs to it" };
  if (isMailInDoubt(row, evidence)) return { effect: "unknown", because: "the mail may or may not be sent" };
  return { effect: "not there", because: `the order is ${evidence.order.status}` };
}

/** A publisher hands every type to its backbone; a consumer takes those it does something about. */
export function isTakenBy(consumer: string, type: OrderEvent["type"]): boolean {
  const taken: Readonly<Record<string, readonly string[] | undefined>> = {
    ...SUBSCRIPTIONS,
    "order-events-kafka": KAFKA_EVENT_TYPES,
  };
  return isPublisher(consumer) || (taken[consumer] ?? []).includes(type);
}

/** The event of a row that the publisher parked goes out to all; its mail is the notifier's to judge. */
export function isMailInDoubt(row: FailedMessage, { notification }: Evidence): boolean {
  return row.consumer === "notify-customer" && notification === "sending";
}

function vain(whyNot: string): RedriveDecision {
  return { kind: "refuse", cause: "vain", whyNot };
}
