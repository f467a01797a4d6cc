import { ACCOUNT } from "../assembly/identities.ts";
import { isRecord, type Json } from "../assembly/template-values.ts";
import type { AwsCall, AwsService } from "../calls/aws-call.ts";

/** A permission that a call needs. */
export interface Permission {
  /** As IAM names it: `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, or `*` for an action without resources. */
  readonly resource: string;
  /** Condition keys of the service. */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

type Read = (call: Pick<AwsCall, "operation" | "input">, region: string) => readonly Permission[];

/**
 * The permissions of a call, by the actions and resource types of its service:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function requiredPermissions(
  call: Pick<AwsCall, "service" | "operation" | "input">,
  region: string,
): readonly Permission[] {
  return BY_SERVICE[call.service](call, region);
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const records = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const tableArn = (name: string, region: string): string =>
  name.startsWith("arn:") ? name : `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;

/** The actions of the entries of a transaction. */
const IN_TRANSACTION: Readonly<Record<string, string>> = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
};

const PARTIQL: readonly (readonly [RegExp, string])[] = [
  [/^\s*select\b.*\bfrom\s+"?([\w.-]+)/is, "PartiQLSelect"],
  [/^\s*insert\s+into\s+"?([\w.-]+)/is, "PartiQLInsert"],
  [/^\s*update\s+"?([\w.-]+)/is, "PartiQLUpdate"],
  [/^\s*delete\s+from\s+"?([\w.-]+)/is, "PartiQLDelete"],
];

const dynamodb: Read = ({ operation, input }, region) => {
  const on = (action: string, table: unknown): Permission => ({
    action: `dynamodb:${action}`,
    resource: tableArn(text(table), region),
  });
  switch (operation) {
    case "TransactWriteItems":
    case "TransactGetItems":
      return records(input["TransactItems"]).flatMap((item) =>
        Object.entries(item).flatMap(([kind, entry]) => {
          const action = Object.hasOwn(IN_TRANSACTION, kind) ? IN_TRANSACTION[kind] : undefined;
          return action === undefined || !isRecord(entry) ? [] : [on(action, entry["TableName"])];
        }),
      );
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.keys(isRecord(input["RequestItems"]) ? input["RequestItems"] : {}).map((table) =>
        on(operation, table),
      );
    case "ExecuteStatement":
      return partiQl([input], on);
    case "BatchExecuteStatement":
      return partiQl(records(input["Statements"]), on);
    case "ExecuteTransaction":
      return partiQl(records(input["TransactStatements"]), on);
    default: {
      const { TableName: table, IndexName: index } = input;
      if (table === undefined) return [{ action: `dynamodb:${operation}`, resource: "*" }];
      const { action, resource } = on(operation, table);
      return [{ action, resource: index === undefined ? resource : `${resource}/index/${text(index)}` }];
    }
  }
};

const partiQl = (statements: readonly Json[], on: (action: string, table: string) => Permission) =>
  statements.flatMap(({ Statement: statement }) =>
    PARTIQL.flatMap(([pattern, action]) => {
      const table = pattern.exec(text(statement))?.[1];
      return table === undefined ? [] : [on(action, table.split(".")[0] ?? table)];
    }),
  );

const sqs: Read = ({ operation, input }, region) => {
  const { QueueUrl: url, QueueName: name, SourceArn: source } = input;
  const queue = url === undefined ? name : text(url).split("/").at(-1);
  const own = queue === undefined ? "*" : `arn:aws:sqs:${region}:${ACCOUNT}:${text(queue)}`;
  // A batch is authorized by the action of its entries.
  return [
    {
      action: `sqs:${operation.replace(/Batch$/, "")}`,
      resource: source === undefined ? own : text(source),
    },
  ];
};

const sns: Read = ({ operation, input }, region) => {
  const { TopicArn, TargetArn, SubscriptionArn, ResourceArn, Name } = input;
  const topic = TopicArn ?? TargetArn ?? ResourceArn;
  const ofSubscription = text(SubscriptionArn).split(":").slice(0, 6).join(":");
  const created = Name === undefined ? "*" : `arn:aws:sns:${region}:${ACCOUNT}:${text(Name)}`;
  return [
    {
      action: `sns:${operation.replace(/Batch$/, "")}`,
      resource: topic === undefined ? ofSubscription || created : text(topic),
    },
  ];
};

/** Operations with another action than their own name. */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: "PutObject",
  CopyObject: "PutObject",
  CreateMultipartUpload: "PutObject",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteObjects: "DeleteObject",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetObjectAttributes: "GetObjectAttributes",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  ListBuckets: "ListAllMyBuckets",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListObjectsV2: "ListBucket",
  ListParts: "ListMultipartUploadParts",
  PostObject: "PutObject",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  UploadPart: "PutObject",
};

const s3: Read = ({ operation, input }) => {
  const { Bucket, Key, Keys, CopySource } = input;
  const action = `s3:${S3_ACTIONS[operation] ?? operation}`;
  if (Bucket === undefined) return [{ action, resource: "*" }];
  const bucket = `arn:aws:s3:::${text(Bucket)}`;
  if (Array.isArray(Keys)) return Keys.map((key) => ({ action, resource: `${bucket}/${text(key)}` }));
  const own = { action, resource: Key === undefined ? bucket : `${bucket}/${text(Key)}` };
  return CopySource === undefined
    ? [own]
    : [own, { action: "s3:GetObject", resource: `arn:aws:s3:::${text(CopySource)}` }];
};

/**
 * The identity of the sender is its address here; in an account it may be the domain.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsesv2.html
 */
const ses: Read = ({ operation, input }, region) => {
  const { FromEmailAddress, ConfigurationSetName, Destination } = input;
  const arn = (resource: string) => `arn:aws:ses:${region}:${ACCOUNT}:${resource}`;
  const sender = /<([^>]+)>\s*$/.exec(text(FromEmailAddress))?.[1] ?? text(FromEmailAddress);
  const destination = isRecord(Destination) ? Destination : {};
  const recipients = ["ToAddresses", "CcAddresses", "BccAddresses"].flatMap((key) =>
    Array.isArray(destination[key]) ? destination[key].map(text) : [],
  );
  const context = { "ses:FromAddress": sender, "ses:Recipients": recipients };
  const resources = [
    `identity/${sender}`,
    ...(ConfigurationSetName === undefined ? [] : [`configuration-set/${text(ConfigurationSetName)}`]),
  ];
  return resources.map((resource) => ({ action: `ses:${operation}`, resource: arn(resource), context }));
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
const lambda: Read = ({ operation, input }, region) => {
  const arn = (resource: string) => `arn:aws:lambda:${region}:${ACCOUNT}:${resource}`;
  if (operation === "Invoke")
    return [{ action: "lambda:InvokeFunction", resource: arn(`function:${text(input["FunctionName"])}`) }];
  const { UUID: id, FunctionArn: of } = input;
  const action = `lambda:${operation}`;
  if (id === undefined) return [{ action, resource: "*" }];
  const resource = arn(`event-source-mapping:${text(id)}`);
  return [{ action, resource, context: { "lambda:FunctionArn": text(of) } }];
};

const BY_SERVICE: Readonly<Record<AwsService, Read>> = {
  // None of its reading actions has resources.
  cloudwatch: ({ operation }) => [{ action: `cloudwatch:${operation}`, resource: "*" }],
  dynamodb,
  lambda,
  s3,
  ses,
  sns,
  sqs,
};
