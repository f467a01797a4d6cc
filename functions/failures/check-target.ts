import { describeError } from "../middleware/error-text.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import type { RedriveDecision } from "./domain/redrive-decision.ts";
import type { ActPorts } from "./operator-ports.ts";

/** Why nothing can be sent to a consumer, if so. Rejects while that cannot be told. */
export type TargetLook = (consumer: string) => Promise<string | undefined>;

/** Looks once at each queue or topic that messages would go to: one that is gone would refuse them all. */
export function checkTargets(ports: ActPorts): TargetLook {
  const looks = new Map<string, ReturnType<TargetLook>>();
  return (consumer) => {
    const look = looks.get(consumer) ?? missing(ports, consumer);
    looks.set(consumer, look);
    return look;
  };
}

/** The verdict as it is once its queue or topic was looked at. */
export async function confirmed(
  verdict: RedriveDecision,
  { consumer }: FailedMessage,
  look: TargetLook,
): Promise<RedriveDecision> {
  const whyNot = verdict.kind === "send" ? await look(consumer) : undefined;
  return whyNot === undefined ? verdict : { kind: "refuse", cause: "vain", whyNot };
}

async function missing(ports: ActPorts, consumer: string): Promise<string | undefined> {
  const isTopic = consumer === "publish-events";
  const queueUrl = ports.sourceQueues[consumer];
  try {
    if (isTopic) await ports.publisher.look();
    else if (queueUrl !== undefined) await ports.queues.backlog(queueUrl);
    return undefined;
  } catch (error) {
    if (ports.isOutage(error)) throw error;
    const { errorName } = describeError(error);
    return `The ${isTopic ? "topic" : "queue"} of ${consumer} is not there: ${errorName}.`;
  }
}
