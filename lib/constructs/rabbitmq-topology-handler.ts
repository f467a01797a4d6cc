import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { applyTopology } from "../rabbitmq-topology/apply-topology.ts";
import { managementApi } from "../rabbitmq-topology/management-api.ts";
import type { RabbitTopology } from "../settings/rabbitmq-topology.ts";
import { answerDeployment, type DeploymentRequest, retryOnDenial } from "./deployment-answer.ts";

/** The properties of the resource; CloudFormation makes text of every number. */
export interface TopologyProperties {
  /** `amqps://host:port` of each node, or the first of them. */
  readonly Endpoints: readonly string[];
  readonly Vhost: string;
  readonly AdminSecretArn: string;
  readonly Users: readonly { readonly SecretArn: string; readonly Write: string; readonly Read: string }[];
  /** JSON. */
  readonly Topology: string;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

type Request = DeploymentRequest<TopologyProperties>;

/** Applies the topology and its users, and answers with the URL of the vhost. Deletes nothing: the broker goes with them. */
export function handler(request: Request): Promise<void> {
  return answerDeployment(request, `topology of ${request.ResourceProperties.Vhost}`, () => apply(request));
}

async function apply({ RequestType, ResourceProperties }: Request): Promise<Record<string, string>> {
  if (RequestType === "Delete") return {};
  const { Endpoints, Vhost, AdminSecretArn, Users, Topology } = ResourceProperties;
  const endpoint = new URL(Endpoints[0] ?? "");
  const secrets = new SecretsManagerClient();
  const loginOf = async (SecretId: string) => {
    const read = () => secrets.send(new GetSecretValueCommand({ SecretId }));
    const { SecretString = "{}" } = await retryOnDenial(read);
    return JSON.parse(SecretString) as Login;
  };
  const admin = await loginOf(AdminSecretArn);
  // On Amazon MQ the management API has the host of the endpoint, at the port of HTTPS.
  const management = managementApi({ url: `https://${endpoint.hostname}`, ...admin, vhost: Vhost });
  await management.putVhost();
  for (const { SecretArn, Write: write, Read: read } of Users) {
    const { username: name, password } = await loginOf(SecretArn);
    await management.putUser({ name, password, configure: "^$", write, read });
  }
  await applyTopology(management, JSON.parse(Topology) as RabbitTopology);
  return { Url: `amqps://${endpoint.host}/${encodeURIComponent(Vhost)}` };
}
