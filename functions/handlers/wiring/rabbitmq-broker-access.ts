import { rabbitConnection } from "../../adapters/rabbitmq-connection.ts";
import { rabbitPublisher } from "../../adapters/rabbitmq-publisher.ts";
import { rabbitSecret } from "../../adapters/rabbitmq-secret.ts";
import { clock, environment, optional } from "./environment.ts";

/** The connection is opened at the first publish. */
export function publisherOfEnvironment() {
  const { rabbitmqUrl } = environment("rabbitmqUrl");
  const secretArn = optional("rabbitmqSecret");
  const secret = secretArn === undefined ? undefined : rabbitSecret(secretArn);
  return rabbitPublisher(rabbitConnection(rabbitmqUrl, secret), clock);
}

/** The delays of the retry queues, in seconds. */
export function retryQueueDelays(): readonly number[] {
  const { retryQueueDelaysSeconds } = environment("retryQueueDelaysSeconds");
  return retryQueueDelaysSeconds.split(",").map(Number);
}
