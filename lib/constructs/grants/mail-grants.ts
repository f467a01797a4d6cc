import { Stack } from "aws-cdk-lib";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { ENV } from "../../../functions/contract/names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { grantTable } from "./table-grants.ts";

/** Claims a mail before it is sent or skips it, marks it sent, or takes the claim back. */
export const grantClaimNotifications = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "PutItem", "UpdateItem", "DeleteItem");

export const grantReadNotifications = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "GetItem");

/** Stores an operator's decision on a mail of unknown outcome. */
export const grantDecideMails = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "UpdateItem", "DeleteItem");

/**
 * Sends mails from this address and no other. An empty address: no permission. SES checks the identity of the
 * sender, which is the address or a domain above it, the identity's default configuration set, and in the sandbox the
 * identity of the recipient: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsesv2.html
 */
export const grantSendMail =
  (sender: string): ConsumerGrant =>
  (holder) => {
    holder.set(ENV.mailSender, sender);
    if (sender === "") return;
    const all = (resource: string) =>
      Stack.of(holder).formatArn({ service: "ses", resource, resourceName: "*" });
    holder.allowIf(
      { StringEquals: { "ses:FromAddress": sender } },
      ["ses:SendEmail"],
      all("identity"),
      all("configuration-set"),
    );
  };
