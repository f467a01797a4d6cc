import { QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import type { Named } from "../../constructs/resource-names.ts";
import type { AwsAccess } from "../target/aws-target.ts";
import { awsAlarms } from "./aws-alarms.ts";
import { awsClients } from "./aws-clients.ts";
import { awsInvocation } from "./aws-invocation.ts";
import { awsCrashes, awsLive } from "./aws-live.ts";
import { awsMetrics } from "./aws-metrics.ts";
import { awsQueues } from "./aws-queues.ts";
import { awsTimeline } from "./aws-timeline.ts";
import { type Observatory, refuseMinutes } from "./observatory.ts";
import { withProbableCrashes } from "./probable-crashes.ts";

export interface Deployment {
  readonly stage: Named;
  readonly access: AwsAccess;
  /** The deployed consumers. Default: every declared one. */
  readonly consumers?: readonly string[];
  /** Replaces the endpoints of AWS, for tests. */
  readonly endpoint?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Observes a deployment: queues by SQS, metrics and alarms by CloudWatch, timelines by Logs Insights, live entries and the
 * lines of an invocation by FilterLogEvents. AWS charges for about 40 metrics a refresh, and for the bytes of logs that a timeline scans.
 */
export async function awsObservatory(deployment: Deployment): Promise<Observatory> {
  const { stage, access, endpoint, now = Date.now, sleep = pause } = deployment;
  const { cloudWatch, logs, sqs } = await awsClients(access, endpoint);
  const { consumers: deployed = QUEUE_CONSUMERS } = deployment;
  const consumers = QUEUE_CONSUMERS.filter((name) => deployed.includes(name));
  const queues = awsQueues(sqs, cloudWatch, { stage, consumers, now });
  const crashes = awsCrashes(logs, { stage, consumers });
  const timeline = awsTimeline(logs, { stage, consumers, now, sleep });
  return {
    queues,
    async metrics(minutes) {
      refuseMinutes(minutes);
      return awsMetrics(cloudWatch, stage, minutes, now());
    },
    alarms: () => awsAlarms(cloudWatch, stage),
    async timeline(orderId) {
      const { entries } = await timeline(orderId);
      return { orderId, entries: await withProbableCrashes(entries, crashes, now()) };
    },
    live: awsLive(logs, { stage, consumers, now }),
    async peek() {
      throw new RangeError(
        "SQS shows messages only by receiving them, and each receive counts as an attempt. See `queues` for their number.",
      );
    },
    invocation: awsInvocation(logs, { stage, now }),
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
