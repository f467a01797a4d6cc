import { Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { ENV } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import { grantTable } from "./table-grants.ts";

/** Claims a mail before it is sent or skips it, marks it sent, or takes the claim back. */
export const grantClaimNotifications = (notifications: Table): Grant =>
  grantTable(notifications, ENV.notificationsTable, "PutItem", "UpdateItem", "DeleteItem");

export const grantReadNotifications = (notifications: Table): Grant =>
  grantTable(notifications, ENV.notificationsTable, "GetItem");

/** Stores an operator's decision on a mail of unknown outcome. */
export const grantDecideMails = (notifications: Table): Grant =>
  grantTable(notifications, ENV.notificationsTable, "UpdateItem", "DeleteItem");

/** Sends mails from the configured address, an SES identity itself or by its domain. No address: no permission. */
export const grantSendMail: Grant = (holder) => {
  const sender = holder.settings.mailSender;
  holder.set(ENV.mailSender, sender);
  if (sender === "") return;
  const identity = (resourceName: string) =>
    Stack.of(holder).formatArn({ service: "ses", resource: "identity", resourceName });
  holder.allow(["ses:SendEmail"], ...identitiesOf(sender).map(identity));
};

/** The possible SES identities of a sender: its address, its domain, or a parent domain. */
function identitiesOf(sender: string): readonly string[] {
  const labels = sender.slice(sender.indexOf("@") + 1).split(".");
  const domains = labels.slice(0, -1).map((_, above) => labels.slice(above).join("."));
  return [sender, ...domains];
}
