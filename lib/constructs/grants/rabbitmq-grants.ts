import { ENV } from "../../../functions/contract/names.ts";
import type { RabbitAccess } from "../amazon-mq.ts";
import type { Grant } from "../function.ts";
import { manageInterfaces } from "./network-grants.ts";

/** Connects to the broker as the user of a secret. */
export const grantConnect =
  ({ url, secretArn }: Pick<RabbitAccess, "url"> & { readonly secretArn: string }): Grant =>
  (holder) =>
    holder
      .grant(grantReadSecrets([secretArn]))
      .set(ENV.rabbitmqUrl, url)
      .set(ENV.rabbitmqSecret, secretArn);

/** Puts failed messages into retry queues. */
export const grantRetryQueues: Grant = (holder) =>
  holder.set(ENV.retryQueueDelaysSeconds, holder.settings.rabbitmqRetryDelaysSeconds.join(","));

/**
 * Reads a queue through an event source mapping, which uses the permissions of the function:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export const grantReadQueues =
  ({ brokerArn, secretArn }: { readonly brokerArn: string; readonly secretArn: string }): Grant =>
  (holder) =>
    holder
      .grant(grantReadSecrets([secretArn]))
      .allow(["mq:DescribeBroker"], brokerArn)
      .grant(manageInterfaces({ describes: ["DescribeVpcs", "DescribeSecurityGroups"] }))
      .set(ENV.maxAgeSeconds, holder.settings.maxAgeSeconds);

export const grantReadSecrets =
  (secretArns: readonly string[]): Grant =>
  (holder) =>
    holder.allow(["secretsmanager:GetSecretValue"], ...secretArns);
