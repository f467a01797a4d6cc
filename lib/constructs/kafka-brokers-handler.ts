import { GetBootstrapBrokersCommand, KafkaClient } from "@aws-sdk/client-kafka";
import { answerDeployment, type DeploymentRequest, retryOnDenial } from "./deployment-answer.ts";

type Request = DeploymentRequest<{ readonly ClusterArn: string }>;

/** Answers with the brokers of a cluster. */
export function handler(request: Request): Promise<void> {
  return answerDeployment(request, request.ResourceProperties.ClusterArn, () => brokersOf(request));
}

async function brokersOf({ RequestType, ResourceProperties }: Request): Promise<Record<string, string>> {
  if (RequestType === "Delete") return {};
  const client = new KafkaClient();
  const brokers = await retryOnDenial(() => client.send(new GetBootstrapBrokersCommand(ResourceProperties)));
  if (!brokers.BootstrapBrokerStringSaslIam)
    throw new Error(
      "The cluster has no brokers for IAM. Switch on IAM access control in its security settings, then deploy again.",
    );
  return { Brokers: brokers.BootstrapBrokerStringSaslIam };
}
