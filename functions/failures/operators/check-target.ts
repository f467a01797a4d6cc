import { describeError } from "../../middleware/error-text.ts";
import { targetOf } from "../../publishing/domain/publishers.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import type { RedriveDecision } from "../domain/redrive-decision.ts";
import type { ActPorts } from "../operator-ports.ts";

/** Why the queue or topic of a consumer cannot be sent to, if so. Rejects where its service does not answer. */
export type TargetCheck = (consumer: string) => Promise<string | undefined>;

/** Checks each queue or topic once, however many messages go to it. */
export function checkTargets(ports: ActPorts): TargetCheck {
  const checks = new Map<string, ReturnType<TargetCheck>>();
  return (consumer) => {
    const check = checks.get(consumer) ?? whyMissing(ports, consumer);
    checks.set(consumer, check);
    return check;
  };
}

/** Refuses a send whose queue or topic is missing. */
export async function withTargetCheck(
  decision: RedriveDecision,
  { consumer }: FailedMessage,
  checkTarget: TargetCheck,
): Promise<RedriveDecision> {
  const whyNot = decision.kind === "send" ? await checkTarget(consumer) : undefined;
  return whyNot === undefined ? decision : { kind: "refuse", cause: "futile", whyNot };
}

async function whyMissing(ports: ActPorts, consumer: string): Promise<string | undefined> {
  const target = targetOf(consumer);
  const queueUrl = ports.sourceQueues[consumer];
  try {
    if (target === "topic") await ports.publisher.checkExists();
    else if (queueUrl !== undefined) await ports.queues.backlog(queueUrl);
    return undefined;
  } catch (error) {
    if (ports.isOutage(error)) throw error;
    const { errorName } = describeError(error);
    return `The ${target} of ${consumer} does not exist: ${errorName}.`;
  }
}
