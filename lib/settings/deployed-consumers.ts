import {
  declarationOf,
  FUNCTIONS,
  type FunctionName,
  isQueueConsumer,
  QUEUE_CONSUMERS,
  type QueueConsumer,
} from "../../functions/consumers/consumers.ts";
import { MAIL_FEEDBACK } from "../../functions/contract/names.ts";

interface Chosen {
  readonly mails: boolean;
}

/** The consumers of a deployment: without `mails`, none that sends mails. */
export function deployedConsumers(settings: Chosen): readonly QueueConsumer[] {
  return QUEUE_CONSUMERS.filter((name) => isDeployed(name, settings));
}

/** The functions of a deployment, besides those of Kafka. */
export function deployedFunctions(settings: Chosen): readonly FunctionName[] {
  return FUNCTIONS.filter((name) =>
    isQueueConsumer(name) ? isDeployed(name, settings) : name !== MAIL_FEEDBACK || settings.mails,
  );
}

function isDeployed(name: QueueConsumer, { mails }: Chosen): boolean {
  return mails || !declarationOf(name).access.includes("mail");
}
