import type { Identity } from "./identities.ts";
import type { QueueSpec, SubscriptionSpec, TableSpec, TopicSpec } from "./model.ts";
import type { ResolvedAssembly } from "./resolve-assembly.ts";
import { shortName } from "./short-name.ts";
import { AssemblyError, isRecord, type Json, jsonText, stringAt } from "./template-values.ts";

const TABLE_PROPERTIES = [
  "AttributeDefinitions",
  "KeySchema",
  "GlobalSecondaryIndexes",
  "LocalSecondaryIndexes",
  "ProvisionedThroughput",
] as const;

/** Tables, and global tables as their replica in this region. */
export const readTables = (assembly: ResolvedAssembly): TableSpec[] => [
  ...assembly.read("AWS::DynamoDB::Table", ({ name, properties }) =>
    toTable(name, properties, properties["BillingMode"] ?? "PROVISIONED"),
  ),
  // The capacity of a global table is that of its replicas; the emulator limits none.
  ...assembly.read("AWS::DynamoDB::GlobalTable", ({ name, properties }) =>
    toTable(name, { ...properties, GlobalSecondaryIndexes: indexesOf(properties) }, "PAY_PER_REQUEST"),
  ),
];

function toTable(name: string, properties: Json, billingMode: unknown): TableSpec {
  const stream = properties["StreamSpecification"];
  const ttl = properties["TimeToLiveSpecification"];
  const copied = TABLE_PROPERTIES.filter((key) => properties[key] !== undefined);
  return {
    name,
    createInput: {
      TableName: name,
      BillingMode: billingMode,
      ...Object.fromEntries(copied.map((key) => [key, properties[key]])),
      ...(isRecord(stream) ? { StreamSpecification: { StreamEnabled: true, ...stream } } : {}),
    },
    ...(isRecord(ttl) && ttl["Enabled"] !== false
      ? { ttlAttribute: stringAt(ttl["AttributeName"], `${name}: TimeToLiveSpecification`) }
      : {}),
  };
}

/** Without what CreateTable does not take. */
const indexesOf = ({ GlobalSecondaryIndexes: indexes }: Json): unknown =>
  Array.isArray(indexes)
    ? indexes
        .filter(isRecord)
        .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }))
    : undefined;

const QUEUE_ATTRIBUTES = [
  "VisibilityTimeout",
  "DelaySeconds",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "FifoQueue",
  "ContentBasedDeduplication",
] as const;

export const readQueues = (assembly: ResolvedAssembly): QueueSpec[] =>
  assembly.read("AWS::SQS::Queue", (resource) => {
    const { name, path, identity, properties } = resource;
    const redrive = properties["RedrivePolicy"];
    const set = QUEUE_ATTRIBUTES.filter((key) => properties[key] !== undefined);
    return {
      name,
      shortName: shortName(resource, "QueueName"),
      url: identity.ref,
      arn: arnOf(identity),
      attributes: {
        ...Object.fromEntries(set.map((key) => [key, String(properties[key])])),
        ...(redrive === undefined ? {} : { RedrivePolicy: jsonText(redrive) }),
      },
      ...deadLetters(redrive, path),
    };
  });

const deadLetters = (redrive: unknown, path: string): { readonly deadLetterArn?: string } =>
  isRecord(redrive)
    ? { deadLetterArn: stringAt(redrive["deadLetterTargetArn"], `${path}: RedrivePolicy`) }
    : {};

export const readTopics = (assembly: ResolvedAssembly): TopicSpec[] =>
  assembly.read("AWS::SNS::Topic", ({ name, identity, properties }) => ({
    name,
    arn: identity.ref,
    attributes: Object.fromEntries(
      ["FifoTopic", "ContentBasedDeduplication"]
        .filter((key) => properties[key] !== undefined)
        .map((key) => [key, String(properties[key])]),
    ),
  }));

const SUBSCRIPTION_ATTRIBUTES = [
  "RawMessageDelivery",
  "FilterPolicy",
  "FilterPolicyScope",
  "RedrivePolicy",
] as const;

export const readSubscriptions = (assembly: ResolvedAssembly): SubscriptionSpec[] =>
  assembly.read("AWS::SNS::Subscription", ({ path, properties }) => {
    const protocol = properties["Protocol"];
    if (protocol !== "sqs" && protocol !== "email" && protocol !== "lambda") {
      throw new AssemblyError(
        `${path}: the local emulator delivers to sqs, lambda and email, not to ${protocol}`,
      );
    }
    const set = SUBSCRIPTION_ATTRIBUTES.filter((key) => properties[key] !== undefined);
    return {
      path,
      topicArn: stringAt(properties["TopicArn"], `${path}: TopicArn`),
      protocol,
      endpoint: stringAt(properties["Endpoint"], `${path}: Endpoint`),
      ...deadLetters(properties["RedrivePolicy"], path),
      attributes: Object.fromEntries(set.map((key) => [key, attributeText(properties, key)])),
    };
  });

export const readBuckets = (assembly: ResolvedAssembly): string[] =>
  assembly.read("AWS::S3::Bucket", ({ name, path, properties }) => {
    if (properties["NotificationConfiguration"] !== undefined) {
      throw new AssemblyError(`${path}: the local emulator sends no bucket notifications`);
    }
    return name;
  });

const arnOf = (identity: Identity) => identity.attributes["Arn"] ?? identity.ref;

const attributeText = (properties: Json, key: string) =>
  typeof properties[key] === "boolean" ? String(properties[key]) : jsonText(properties[key]);
