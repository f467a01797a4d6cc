import { GetBootstrapBrokersCommand, KafkaClient } from "@aws-sdk/client-kafka";

/**
 * A role takes some seconds to have its permissions everywhere:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const TRIES = 10;
const PAUSE_MS = 4_000;

/** The fields of CloudFormation's request that are used here. */
interface Request {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: { readonly ClusterArn: string };
}

/** Answers with the brokers of a cluster. It always answers, because CloudFormation would wait an hour. */
export async function handler(request: Request): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId, ResourceProperties } = request;
  const { ClusterArn } = ResourceProperties;
  const about = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: ClusterArn };
  const answer = await answerTo(request).then(
    (Data) => ({ Status: "SUCCESS", Data }),
    (error: unknown) => ({ Status: "FAILED", Reason: String(error) }),
  );
  // Bytes have no content type. The address is not signed for one and would answer 403.
  const body = Buffer.from(JSON.stringify({ ...about, ...answer }));
  const response = await fetch(ResponseURL, { method: "PUT", body });
  if (!response.ok) throw new Error(`CloudFormation refused the answer with ${response.status}.`);
}

async function answerTo({ RequestType, ResourceProperties }: Request): Promise<Record<string, string>> {
  if (RequestType === "Delete") return {};
  const client = new KafkaClient();
  const lookUp = () => client.send(new GetBootstrapBrokersCommand(ResourceProperties));
  const brokers = await retryOnDenial(lookUp);
  if (!brokers.BootstrapBrokerStringSaslIam)
    throw new Error(
      "The cluster has no brokers for IAM. Switch on IAM access control in its security settings, then deploy again.",
    );
  return { Brokers: brokers.BootstrapBrokerStringSaslIam };
}

async function retryOnDenial<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (let count = 1; ; count++) {
    try {
      return await call();
    } catch (error) {
      const isDenied = error instanceof Error && /^(AccessDenied|Forbidden)/.test(error.name);
      if (!isDenied || count === TRIES) throw error;
      await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
  }
}
