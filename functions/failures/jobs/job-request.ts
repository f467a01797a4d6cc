import { JOB_RATES, type MailDecision, type MessageAct } from "../../contract/failures.ts";
import type { FailedFilter, StartJob } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import type { MessageRef } from "../domain/message-job.ts";
import { requireKnownConsumer } from "../matching-messages.ts";

type Orders = NonNullable<StartJob["orders"]>;

/** What a job acts on. */
export type JobRequest =
  | { readonly act: "republish"; readonly orders: Orders }
  | (OnMessages & { readonly filter: FailedFilter })
  /** Each key once. */
  | (OnMessages & { readonly messages: readonly MessageRef[] });

interface OnMessages {
  readonly act: MessageAct;
  /** Of a redrive. */
  readonly mail?: MailDecision;
}

/** The act with its only selection. Throws a Problem for another one, or for a rate that is too high for the act. */
export function jobRequest({ act, filter, messages, orders, ratePerSecond, mail }: StartJob): JobRequest {
  const { most } = JOB_RATES[act];
  if (ratePerSecond !== undefined && ratePerSecond > most) {
    throw invalid(`A ${act} has at most ${most} per second.`, "/ratePerSecond");
  }
  if (mail !== undefined && act !== "redrive") {
    throw invalid(`A ${act} takes no decision on mails.`, "/mail");
  }
  if (act === "republish") {
    if (filter !== undefined || messages !== undefined) {
      throw invalid("A republish takes orders.", filter === undefined ? "/messages" : "/filter");
    }
    if (orders === undefined) throw invalid("A republish needs orders: their status and age.", "/orders");
    return { act, orders };
  }
  if (orders !== undefined) throw invalid(`A ${act} takes a filter or messages.`, "/orders");
  if (filter !== undefined && messages !== undefined) {
    throw invalid("Send a filter or messages, not both.", "/messages");
  }
  const onMessages = { act, ...(mail === undefined ? {} : { mail }) };
  if (messages !== undefined) {
    return {
      ...onMessages,
      messages: [...new Map(messages.map((message) => [message.failedKey, message])).values()],
    };
  }
  if (filter === undefined) {
    throw invalid(
      `A ${act} needs a filter or messages. The empty filter {} matches every message.`,
      "/filter",
    );
  }
  requireKnownConsumer(filter);
  return { ...onMessages, filter };
}

function invalid(detail: string, pointer: string): Problem {
  return new Problem("INVALID_REQUEST", { detail, pointer });
}
