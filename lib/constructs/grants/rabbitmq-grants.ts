import { ENV } from "../../../functions/contract/names.ts";
import type { RabbitAccess } from "../amazon-mq.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { manageInterfaces } from "./network-grants.ts";

/** Connects to the broker as the user of a secret. */
export const grantConnect =
  ({ url, secretArn }: Pick<RabbitAccess, "url"> & { readonly secretArn: string }): ConsumerGrant =>
  (holder) =>
    holder
      .grant(grantReadSecrets([secretArn]))
      .set(ENV.rabbitmqUrl, url)
      .set(ENV.rabbitmqSecret, secretArn);

/** Puts failed messages into retry queues. */
export const grantRetryQueues =
  (delaysSeconds: readonly number[]): ConsumerGrant =>
  (holder) =>
    holder.set(ENV.retryQueueDelaysSeconds, delaysSeconds.join(","));

/**
 * Reads a queue through an event source mapping, which uses the permissions of the function:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export const grantReadQueues =
  ({
    brokerArn,
    secretArn,
    maxAgeSeconds,
  }: {
    readonly brokerArn: string;
    readonly secretArn: string;
    /** Age of a message above which it is parked; 0 switches expiry off. */
    readonly maxAgeSeconds: number;
  }): ConsumerGrant =>
  (holder) =>
    holder
      .grant(grantReadSecrets([secretArn]))
      .allow(["mq:DescribeBroker"], brokerArn)
      .grant(manageInterfaces({ describes: ["DescribeVpcs", "DescribeSecurityGroups"] }))
      .set(ENV.maxAgeSeconds, maxAgeSeconds);

export const grantReadSecrets =
  (secretArns: readonly string[]): ConsumerGrant =>
  (holder) =>
    holder.allow(["secretsmanager:GetSecretValue"], ...secretArns);
