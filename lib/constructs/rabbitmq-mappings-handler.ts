import { setTimeout as sleep } from "node:timers/promises";
import { signedHeaders } from "../aws-signature.ts";
import { answerDeployment, type DeploymentRequest } from "./deployment-answer.ts";

/** The properties of the resource. */
export interface MappingsProperties {
  /** Ids of the event source mappings. */
  readonly Mappings: readonly string[];
  readonly AccountId: string;
  /** `amazonaws.com`, or that of another partition. */
  readonly UrlSuffix: string;
}

/** The fields of Lambda's context that are used here. */
interface Remaining {
  getRemainingTimeInMillis(): number;
}

type Request = DeploymentRequest<MappingsProperties>;

/** Kept to answer in. */
const RESERVE_MS = 30_000;
const LOOK_MS = 10_000;

/**
 * When the stack is deleted, deletes the event source mappings and waits until Lambda has released their network
 * interfaces. Lambda does that with the permissions of the function, and CloudFormation regards a mapping as deleted
 * before: without the wait it would delete the role first, and the interfaces would stay and hold the network.
 */
export function handler(request: Request, context: Remaining, lookMs = LOOK_MS): Promise<void> {
  return answerDeployment(request, "event source mappings of RabbitMQ", async () => {
    if (request.RequestType === "Delete") await release(request.ResourceProperties, context, lookMs);
    return {};
  });
}

async function release(properties: MappingsProperties, context: Remaining, lookMs: number): Promise<void> {
  const { Mappings } = properties;
  const isTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  let deleted = new Set<string>();
  let left: readonly string[] = [];
  do {
    const results = await Promise.all(Mappings.map(async (id) => (await isDeleted(id, properties)) && id));
    deleted = new Set(results.filter((id) => id !== false));
    left = await interfacesOf(properties);
    if (deleted.size === Mappings.length && left.length === 0) return;
    await sleep(lookMs);
  } while (isTime());
  const held = [...Mappings.filter((id) => !deleted.has(id)), ...left].join(", ");
  throw new Error(`Lambda has not released ${held} yet. Delete the stack again in some minutes.`);
}

/** Asks for the deletion of a mapping. One that is just being changed or deleted refuses it for now. */
async function isDeleted(id: string, properties: MappingsProperties): Promise<boolean> {
  const path = `/2015-03-31/event-source-mappings/${encodeURIComponent(id)}`;
  const response = await callAws("lambda", "DELETE", path, properties);
  if (response.status === 404) return true;
  if (response.status === 409 || response.status === 429 || response.ok) return false;
  throw new Error(`Lambda answered ${response.status} to the deletion of ${id}: ${await response.text()}`);
}

/** The description of an interface begins with the kind of the broker, the account and the mapping. */
async function interfacesOf(properties: MappingsProperties): Promise<readonly string[]> {
  const { Mappings, AccountId } = properties;
  const query = new URLSearchParams({
    Action: "DescribeNetworkInterfaces",
    Version: "2016-11-15",
    "Filter.1.Name": "description",
  });
  for (const [index, id] of Mappings.entries())
    query.set(`Filter.1.Value.${index + 1}`, `AWS Lambda VPC ENI-armq-${AccountId}-${id}*`);
  const response = await callAws("ec2", "POST", "/", properties, query.toString());
  const text = await response.text();
  if (!response.ok) throw new Error(`EC2 answered ${response.status} to the look for interfaces: ${text}`);
  return [...text.matchAll(/<networkInterfaceId>([^<]+)</g)].map(([, id = ""]) => id);
}

/** Without a client of the SDK: two calls are not worth two of them in the bundle. */
function callAws(
  service: "lambda" | "ec2",
  method: string,
  path: string,
  { UrlSuffix }: MappingsProperties,
  body = "",
): Promise<Response> {
  const { env } = process;
  const region = env["AWS_REGION"] ?? "";
  const endpoint = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  const url = new URL(path, endpoint ?? `https://${service}.${region}.${UrlSuffix}`);
  const headers = signedHeaders(
    { method, url, headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" }, body },
    {
      service,
      region,
      credentials: {
        accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
        ...(env["AWS_SESSION_TOKEN"] === undefined ? {} : { sessionToken: env["AWS_SESSION_TOKEN"] }),
      },
      at: new Date(),
    },
  );
  return fetch(url, { method, headers, ...(body === "" ? {} : { body }) });
}
