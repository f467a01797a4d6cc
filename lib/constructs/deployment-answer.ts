/**
 * A role takes some seconds to have its permissions everywhere:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const TRIES = 10;
const PAUSE_MS = 4_000;

/** The fields of CloudFormation's request that are used here. */
export interface DeploymentRequest<Properties> {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: Properties;
}

/** Answers CloudFormation with the attributes of a resource. It always answers, because CloudFormation would wait an hour. */
export async function answerDeployment<Properties>(
  request: DeploymentRequest<Properties>,
  physicalId: string,
  attributes: () => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = request;
  const about = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: physicalId };
  const answer = await attributes().then(
    (Data) => ({ Status: "SUCCESS", Data }),
    (error: unknown) => ({ Status: "FAILED", Reason: String(error) }),
  );
  // Bytes have no content type. The address is not signed for one and would answer 403.
  const body = Buffer.from(JSON.stringify({ ...about, ...answer }));
  const response = await fetch(ResponseURL, { method: "PUT", body });
  if (!response.ok) throw new Error(`CloudFormation refused the answer with ${response.status}.`);
}

/** A call of a function that was made a moment ago. */
export async function retryOnDenial<Answer>(call: () => Promise<Answer>): Promise<Answer> {
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
