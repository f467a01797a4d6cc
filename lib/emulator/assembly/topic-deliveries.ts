import { createHash } from "node:crypto";
import { ACCOUNT, type AssemblyEndpoints } from "./identities.ts";
import type { FunctionSpec, QueueSpec, SubscriptionSpec, TopicDelivery } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import type { ResolvedAssembly } from "./resolve-assembly.ts";
import { AssemblyError } from "./template-values.ts";

/**
 * The subscriptions of functions, each with a queue of the emulator in which its messages wait. The queue is subscribed
 * in place of the function, with the same filter.
 */
export function topicDeliveries(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  subscriptions: readonly SubscriptionSpec[],
  endpoints: AssemblyEndpoints,
): TopicDelivery[] {
  return subscriptions.flatMap((subscription) => {
    const { protocol, topicArn, endpoint, path } = subscription;
    if (protocol !== "lambda") return [];
    try {
      const functionName = functionOf(functions, endpoint, `${path}: Endpoint`);
      const timeoutMs = functions.find(({ name }) => name === functionName)?.timeoutMs ?? 0;
      const queue = deliveryQueue(topicArn, endpoint, timeoutMs, endpoints);
      const { RawMessageDelivery: _, RedrivePolicy: __, ...attributes } = subscription.attributes;
      return [
        {
          functionName,
          queue,
          subscription: { ...subscription, protocol: "sqs", endpoint: queue.arn, attributes },
        },
      ];
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
      assembly.leaveOut(path, error.message);
      return [];
    }
  });
}

/** Its visibility timeout covers all attempts: a redelivered message was left by an emulator that ended. */
function deliveryQueue(
  topicArn: string,
  functionArn: string,
  timeoutMs: number,
  { region, sqs }: AssemblyEndpoints,
): QueueSpec {
  const name = `sns-${createHash("sha256").update(`${topicArn} ${functionArn}`).digest("hex").slice(0, 16)}`;
  const visibilitySeconds = Math.min(43_200, Math.ceil((3 * timeoutMs) / 1_000) + 60);
  return {
    name,
    shortName: name,
    url: `${sqs}/${ACCOUNT}/${name}`,
    arn: `arn:aws:sqs:${region}:${ACCOUNT}:${name}`,
    attributes: { VisibilityTimeout: String(visibilitySeconds) },
  };
}
