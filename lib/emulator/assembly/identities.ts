import type { Resource } from "./read-assembly.ts";
import { stringAt } from "./template-values.ts";

/** The account in every ARN of the emulator. The services it runs use the same one. */
export const ACCOUNT = "000000000000";

/** The region, stage and endpoints that identities are made of. */
export interface AssemblyEndpoints {
  readonly region: string;
  /** Endpoint of SQS; a queue's URL begins with it. */
  readonly sqs: string;
  /** Comma-separated `host:port`, where the emulator has a broker of Kafka. */
  readonly brokers?: string;
  /** Where the emulator has a broker of RabbitMQ. */
  readonly rabbitmqUrl?: string;
}

/** The values of `Ref` and `Fn::GetAtt` for a resource, and its physical name. */
export interface Identity {
  readonly name: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (name: string, endpoints: AssemblyEndpoints, resource: Resource) => Omit<Identity, "name">;

const arn = (service: string, endpoints: AssemblyEndpoints, rest: string) =>
  `arn:aws:${service}:${endpoints.region}:${ACCOUNT}:${rest}`;

/** The ARN of a function by its physical name. */
export const functionArn = (physicalName: string, region: string): string =>
  `arn:aws:lambda:${region}:${ACCOUNT}:function:${physicalName}`;

/** The same by its short name. */
export const arnOfFunction = (
  functions: readonly { readonly name: string; readonly physicalName: string }[],
  shortName: string,
  region: string,
): string => functionArn(functions.find(({ name }) => name === shortName)?.physicalName ?? shortName, region);

/** A version or an alias of a function. `name` is the name or the ARN of the function. */
function qualified(name: string, qualifier: string, endpoints: AssemblyEndpoints) {
  const own = arn("lambda", endpoints, `function:${name.split(":").at(-1)}:${qualifier}`);
  return { ref: own, attributes: { AliasArn: own, FunctionArn: own, Version: qualifier } };
}

const table: Identify = (name, endpoints) => {
  const own = arn("dynamodb", endpoints, `table/${name}`);
  return { ref: name, attributes: { Arn: own, StreamArn: `${own}/stream/latest`, TableId: name } };
};

/**
 * Type → the property that holds an explicit name, and the identity. Other types are identified by their logical id.
 */
const TYPES: Readonly<Record<string, readonly [nameProperty: string, identify: Identify]>> = {
  "AWS::DynamoDB::Table": ["TableName", table],
  "AWS::DynamoDB::GlobalTable": ["TableName", table],
  "AWS::SQS::Queue": [
    "QueueName",
    (name, endpoints) => {
      const url = `${endpoints.sqs}/${ACCOUNT}/${name}`;
      return { ref: url, attributes: { Arn: arn("sqs", endpoints, name), QueueName: name, QueueUrl: url } };
    },
  ],
  "AWS::SNS::Topic": [
    "TopicName",
    (name, endpoints) => {
      const own = arn("sns", endpoints, name);
      return { ref: own, attributes: { TopicArn: own, TopicName: name } };
    },
  ],
  "AWS::SES::ConfigurationSet": ["Name", (name) => ({ ref: name, attributes: {} })],
  "AWS::S3::Bucket": [
    "BucketName",
    (name) => ({
      ref: name,
      attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` },
    }),
  ],
  "AWS::Lambda::Function": [
    "FunctionName",
    (name, endpoints) => ({ ref: name, attributes: { Arn: arn("lambda", endpoints, `function:${name}`) } }),
  ],
  "AWS::Events::Rule": [
    "Name",
    (name, endpoints) => ({ ref: name, attributes: { Arn: arn("events", endpoints, `rule/${name}`) } }),
  ],
  "AWS::Scheduler::Schedule": [
    "Name",
    (name, endpoints) => ({
      ref: name,
      attributes: { Arn: arn("scheduler", endpoints, `schedule/default/${name}`) },
    }),
  ],
  "AWS::Logs::LogGroup": [
    "LogGroupName",
    (name, endpoints) => ({ ref: name, attributes: { Arn: arn("logs", endpoints, `log-group:${name}:*`) } }),
  ],
  "AWS::IAM::Role": [
    "RoleName",
    (name) => ({ ref: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleId: name } }),
  ],
  "AWS::IAM::ManagedPolicy": [
    "ManagedPolicyName",
    (name) => {
      const own = `arn:aws:iam::${ACCOUNT}:policy/${name}`;
      return { ref: own, attributes: { PolicyArn: own } };
    },
  ],
  "AWS::CloudWatch::Alarm": [
    "AlarmName",
    (name, endpoints) => ({ ref: name, attributes: { Arn: arn("cloudwatch", endpoints, `alarm:${name}`) } }),
  ],
  "AWS::MSK::Cluster": [
    "ClusterName",
    (name, endpoints) => {
      const own = arn("kafka", endpoints, `cluster/${name}/00000000-0000-0000-0000-000000000000-1`);
      return { ref: own, attributes: { Arn: own } };
    },
  ],
  // The response of the deployment's custom resource that reads a cluster of MSK.
  "Custom::KafkaBrokers": [
    "",
    (name, endpoints) => ({ ref: name, attributes: { Brokers: endpoints.brokers ?? "" } }),
  ],
  "AWS::AmazonMQ::Broker": [
    "BrokerName",
    (name, endpoints) => {
      const id = "b-00000000-0000-0000-0000-000000000000";
      return {
        ref: id,
        attributes: { Arn: arn("mq", endpoints, `broker:${name}:${id}`), AmqpEndpoints: "" },
      };
    },
  ],
  // What the deployment's own resource answers about the vhost.
  "Custom::RabbitMQTopology": [
    "",
    (name, endpoints) => ({ ref: name, attributes: { Url: endpoints.rabbitmqUrl ?? "" } }),
  ],
  "AWS::ApiGateway::RestApi": ["", (name) => ({ ref: name, attributes: { RootResourceId: `${name}/` } })],
  "AWS::ApiGateway::Resource": ["", (name) => ({ ref: name, attributes: {} })],
  "AWS::ApiGatewayV2::Api": [
    "",
    (name, { region }) => ({
      ref: name,
      attributes: { ApiId: name, ApiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com` },
    }),
  ],
  "AWS::ApiGatewayV2::Integration": ["", (name) => ({ ref: name, attributes: {} })],
  "AWS::ApiGatewayV2::Stage": ["StageName", (name) => ({ ref: name, attributes: {} })],
  "AWS::Lambda::Url": [
    "",
    (name, { region }) => ({
      ref: name,
      attributes: { FunctionUrl: `https://${name}.lambda-url.${region}.on.aws/` },
    }),
  ],
  "AWS::Lambda::Alias": [
    "FunctionName",
    (name, endpoints, { properties }) => qualified(name, String(properties["Name"]), endpoints),
  ],
  "AWS::Lambda::Version": ["FunctionName", (name, endpoints) => qualified(name, "1", endpoints)],
  "AWS::ApiGateway::Stage": ["StageName", (name) => ({ ref: name, attributes: {} })],
  "AWS::KMS::Key": [
    "",
    (name, endpoints) => ({
      ref: name,
      attributes: { Arn: arn("kms", endpoints, `key/${name}`), KeyId: name },
    }),
  ],
};

/**
 * The identity of a resource. `explicitName` is its resolved name property, if the template has one. Otherwise the name
 * is made of stack and logical id, as in CloudFormation but without the random suffix, so that a restart finds its data
 * again.
 */
export function identify(resource: Resource, explicitName: unknown, endpoints: AssemblyEndpoints): Identity {
  const generated = `${resource.stack}-${resource.logicalId}`;
  const entry = TYPES[resource.type];
  if (entry === undefined)
    return { name: generated, ref: resource.logicalId, attributes: genericAttributes(resource) };
  const name =
    explicitName === undefined
      ? generatedName(resource, generated)
      : stringAt(explicitName, `${resource.path}: ${entry[0]}`);
  return { name, ...entry[1](name, endpoints, resource) };
}

/** Whether all attributes of the type are known here. */
export const isIdentified = (type: string): boolean => Object.hasOwn(TYPES, type);

/** Within the limits of the service: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html */
function generatedName({ type, properties }: Resource, name: string): string {
  const isFifo = properties["FifoQueue"] === true || properties["FifoTopic"] === true;
  if (type === "AWS::S3::Bucket") return name.toLowerCase().slice(0, 63);
  if (type === "AWS::SQS::Queue" || type === "AWS::SNS::Topic")
    return isFifo ? `${name.slice(-75)}.fifo` : name.slice(-80);
  return type === "AWS::Lambda::Function" ? name.slice(-64) : name;
}

export const nameProperty = (type: string): string | undefined => TYPES[type]?.[0] || undefined;

const genericAttributes = ({ logicalId }: Resource) => ({
  Arn: `arn:aws:local:::${logicalId}`,
  Id: logicalId,
  RootResourceId: `${logicalId}/`,
  GroupId: logicalId,
});
