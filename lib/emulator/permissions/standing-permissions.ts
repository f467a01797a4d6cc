import { ACCOUNT, arnOfFunction } from "../assembly/identities.ts";
import type { ApiSpec, EmulatorModel, MappingSpec, PrincipalSpec, RouteSpec } from "../assembly/model.ts";
import type { PermissionCheck } from "./check-permissions.ts";
import type { Permission } from "./required-permissions.ts";

type Permits = (principal: string, ...permissions: readonly Permission[]) => Promise<boolean>;

/**
 * The model without what AWS's services would not be permitted to do: event source mappings that the role of their
 * function cannot read, and deliveries, invocations and alarms that the policy of their target does not accept. A route
 * whose function its API cannot invoke stays, marked.
 */
export async function permittedModel(
  model: EmulatorModel,
  { isPermitted }: PermissionCheck,
  region: string,
): Promise<EmulatorModel> {
  const named = new Map(model.permissions.principals.map((each) => [each.name, each]));
  const permits: Permits = async (name, ...permissions) => {
    const principal = named.get(name) ?? serviceNamed(name);
    const all = await Promise.all(permissions.map((permission) => isPermitted(principal, permission)));
    return all.every(Boolean);
  };
  const reads = <Spec extends MappingSpec>(mappings: readonly Spec[]) =>
    keep(mappings, (spec) => permits(spec.functionName, ...mappingPermissions(spec, region)));
  const invokes = (service: string, functionName: string, source: string) =>
    permits(service, {
      action: "lambda:InvokeFunction",
      resource: arnOfFunction(model.functions, functionName, region),
      context: { "aws:SourceArn": source },
    });
  await Promise.all(
    model.functions.map(({ name, physicalName, logGroup = `/aws/lambda/${physicalName}` }) =>
      permits(name, ...logPermissions(logGroup, region)),
    ),
  );
  return {
    ...model,
    sqsMappings: await reads(model.sqsMappings),
    streamMappings: await reads(model.streamMappings),
    kafkaMappings: await reads(model.kafkaMappings),
    rabbitMappings: await reads(model.rabbitMappings),
    subscriptions: await keep(
      model.subscriptions,
      async ({ protocol, topicArn, endpoint, deadLetterArn }) =>
        protocol !== "sqs" ||
        (await permits(
          "sns.amazonaws.com",
          ...[endpoint, ...(deadLetterArn === undefined ? [] : [deadLetterArn])].map((resource) => ({
            action: "sqs:SendMessage",
            resource,
            context: { "aws:SourceArn": topicArn },
          })),
        )),
    ),
    configurationSets: await Promise.all(
      model.configurationSets.map(async ({ name, destinations }) => ({
        name,
        destinations: await keep(destinations, ({ topicArn }) =>
          permits("ses.amazonaws.com", {
            action: "sns:Publish",
            resource: topicArn,
            context: { "aws:SourceArn": `arn:aws:ses:${region}:${ACCOUNT}:configuration-set/${name}` },
          }),
        ),
      })),
    ),
    topicDeliveries: await keep(model.topicDeliveries, ({ functionName, subscription }) =>
      invokes("sns.amazonaws.com", functionName, subscription.topicArn),
    ),
    schedules: await keep(
      model.schedules,
      async ({ arn, source, target }) =>
        // EventBridge Scheduler uses a role of its own.
        source !== "aws.events" ||
        target.kind !== "function" ||
        (await invokes("events.amazonaws.com", target.functionName, arn)),
    ),
    alarms: await Promise.all(
      model.alarms.map(async (alarm) => ({
        ...alarm,
        actions: await keep(alarm.actions, (resource) =>
          permits("cloudwatch.amazonaws.com", { action: "sns:Publish", resource }),
        ),
      })),
    ),
    apis: await Promise.all(
      model.apis.map(async <Api extends ApiSpec>(api: Api): Promise<Api> => {
        // The URL of a function is no API: it is served to every caller on loopback.
        if (api.kind === "http" && api.isFunctionUrl === true) return api;
        const marked = async (route: RouteSpec): Promise<RouteSpec> =>
          (await invokes("apigateway.amazonaws.com", route.functionName, routeArn(api, route, region)))
            ? route
            : { ...route, isRefused: true };
        return { ...api, routes: await Promise.all(api.routes.map(marked)) };
      }),
    ),
  };
}

/** The ARN of the requests to a route, with the names of its parameters. */
function routeArn({ id, stageName }: ApiSpec, { method, path }: RouteSpec, region: string): string {
  const own = path.startsWith("/") ? `${method}${path}` : path;
  return `arn:aws:execute-api:${region}:${ACCOUNT}:${id}/${stageName}/${own}`;
}

const serviceNamed = (name: string): PrincipalSpec => ({ kind: "service", name, arn: name, policies: [] });

async function keep<Item>(
  items: readonly Item[],
  isKept: (item: Item) => Promise<boolean>,
): Promise<readonly Item[]> {
  const kept = await Promise.all(items.map(isKept));
  return items.filter((_, index) => kept[index]);
}

const logPermissions = (logGroup: string, region: string): readonly Permission[] =>
  ["CreateLogStream", "PutLogEvents"].map((action) => ({
    action: `logs:${action}`,
    resource: `arn:aws:logs:${region}:${ACCOUNT}:log-group:${logGroup}:log-stream:local`,
  }));

/**
 * What Lambda does with the role of the function:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions,
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html, https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
function mappingPermissions(spec: MappingSpec, region: string): readonly Permission[] {
  const on = (resource: string, ...actions: readonly string[]): readonly Permission[] =>
    actions.map((action) => ({ action, resource }));
  const interfaces = [
    ...on(
      "*",
      ...["NetworkInterfaces", "Subnets", "Vpcs", "SecurityGroups"].map((each) => `ec2:Describe${each}`),
    ),
    // Lambda checks them on every kind of resource of the account before it makes any.
    ...on(`arn:aws:ec2:${region}:${ACCOUNT}:*/*`, "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
  ];
  switch (spec.kind) {
    case "sqs":
      return on(spec.queueArn, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");
    case "stream": {
      const { destinationArn, destinationBucket } = spec;
      const bucket = `arn:aws:s3:::${destinationBucket}`;
      return [
        // `ListStreams`, which Lambda's page lists too, has no resource: Lambda needs no list to read one stream.
        ...on(
          spec.streamArn,
          ...["DescribeStream", "GetRecords", "GetShardIterator"].map((each) => `dynamodb:${each}`),
        ),
        ...(destinationBucket === undefined
          ? []
          : [...on(`${bucket}/aws/lambda/local`, "s3:PutObject"), ...on(bucket, "s3:ListBucket")]),
        ...(destinationArn === undefined
          ? []
          : on(
              destinationArn,
              destinationArn.startsWith("arn:aws:sns:") ? "sns:Publish" : "sqs:SendMessage",
            )),
      ];
    }
    case "kafka": {
      const { clusterArn, topic, consumerGroup, destinationTopic } = spec;
      const inCluster = (kind: string, name: string) =>
        `${clusterArn.replace(":cluster/", `:${kind}/`)}/${name}`;
      const kafka = (...names: readonly string[]) => names.map((name) => `kafka-cluster:${name}`);
      return [
        ...on(
          clusterArn,
          "kafka:DescribeClusterV2",
          ...kafka("Connect", "DescribeClusterDynamicConfiguration"),
        ),
        ...on("*", "kafka:GetBootstrapBrokers"),
        ...on(inCluster("topic", topic), ...kafka("DescribeTopic", "ReadData")),
        ...on(inCluster("group", consumerGroup), ...kafka("DescribeGroup", "AlterGroup")),
        ...(destinationTopic === undefined
          ? []
          : on(inCluster("topic", destinationTopic), ...kafka("DescribeTopic", "WriteData"))),
        ...interfaces,
      ];
    }
    case "rabbitmq":
      return [...on(spec.brokerArn, "mq:DescribeBroker"), ...interfaces];
  }
}
