import { Stack } from "aws-cdk-lib";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { ENV } from "../../../functions/contract/names.ts";
import { type MailRate, mailIntervalMs, sharedMailIntervalMs } from "../../settings/mail-rate.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { grantTable } from "./table-grants.ts";

/** Claims a mail before it is sent or skips it, marks it sent, or takes the claim back. Reads suppressed addresses. */
export const grantClaimNotifications = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem");

/** Suppresses addresses, and stores the feedback of mails. */
export const grantStoreFeedback = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "UpdateItem");

export const grantReadNotifications = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "GetItem");

/** Stores an operator's decision on a mail of unknown outcome. */
export const grantDecideMails = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "UpdateItem", "DeleteItem");

export const grantUnsuppressAddresses = (notifications: ITable): ConsumerGrant =>
  grantTable(notifications, ENV.notificationsTable, "GetItem", "UpdateItem");

/**
 * Sends mails from this address and no other, with this configuration set. An empty address: no permission. SES checks
 * the identity of the sender, which is the address or a domain above it, and in the sandbox that of the recipient, so
 * that the condition names the sender: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsesv2.html
 */
export const grantSendMail =
  (sender: string, configurationSet: string, rate: MailRate): ConsumerGrant =>
  (holder) => {
    const sharedMs = sharedMailIntervalMs(rate);
    holder.set(ENV.mailSender, sender);
    if (sharedMs === undefined) holder.set(ENV.mailIntervalMs, mailIntervalMs(rate));
    else holder.set(ENV.sharedMailIntervalMs, sharedMs);
    if (sender === "") return;
    holder.set(ENV.mailConfigurationSet, configurationSet);
    const arnOf = (resource: string, resourceName: string) =>
      Stack.of(holder).formatArn({ service: "ses", resource, resourceName });
    holder.allowIf(
      { StringEquals: { "ses:FromAddress": sender } },
      ["ses:SendEmail"],
      arnOf("identity", "*"),
      arnOf("configuration-set", configurationSet),
    );
  };

/**
 * Sends messages to the queue that it reads again, where they are postponed. Lambda ends such a loop after 16 rounds, by
 * moving the message to the dead-letter queue: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export const grantPostpone =
  (queue: IQueue): ConsumerGrant =>
  (holder) =>
    holder.allow(["sqs:SendMessage"], queue.queueArn);
