import { randomUUID } from "node:crypto";
import type { SubscriptionSpec } from "../assembly/model.ts";
import type { Mail } from "../services/mailbox.ts";
import type { AlarmState } from "./alarm-watch.ts";

/** The mails of an alarm to the e-mail subscribers of its topics. */
export function alarmMails(
  { name, state, since, description, actions }: AlarmState,
  subscriptions: readonly SubscriptionSpec[],
): readonly Mail[] {
  return subscriptions
    .filter(({ protocol, topicArn }) => protocol === "email" && actions.includes(topicArn))
    .map(({ endpoint }) => ({
      id: randomUUID(),
      at: since,
      from: "no-reply@sns.amazonaws.com",
      to: [endpoint],
      subject: `${state}: "${name}"`,
      text: `${description}\n`,
    }));
}
