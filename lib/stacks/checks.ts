import { Stack, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { declarationOf, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { ROUTES } from "../../functions/contract/api.ts";
import { KAFKA_PUBLISHER } from "../../functions/contract/broker-names.ts";
import { ROLES } from "../../functions/contract/roles.ts";
import { EventFunction } from "../constructs/event-function.ts";
import { mappingsArn } from "../constructs/grants/pause-grants.ts";
import { logGroupsArn, policyId, stackArn } from "../constructs/policies.ts";
import { API_GATEWAY_STAGE_NAME } from "../constructs/resource-names.ts";
import type { OrderEvents } from "./build-stacks.ts";

/** An acknowledged finding: its construct, and the reason. */
export interface Acknowledgement {
  readonly id: string;
  readonly at: IConstruct;
  readonly reason: string;
}

/** Runs the rules of AwsSolutions at each synth; a finding that is not acknowledged stops it. */
export function addChecks(orderEvents: OrderEvents, acknowledged = acknowledgements(orderEvents)): void {
  Validations.of(orderEvents.app).addPlugins(new AwsSolutionsChecks(orderEvents.app));
  for (const { at, id, reason } of acknowledged) Validations.of(at).acknowledge({ id, reason });
}

export function acknowledgements(orderEvents: OrderEvents): readonly Acknowledgement[] {
  return [
    ...ofKafka(orderEvents),
    ...ofRabbitMq(orderEvents),
    ...ofAdmission(orderEvents),
    ...ofData(orderEvents),
    ...ofMessaging(orderEvents),
    ...ofApi(orderEvents),
    ...ofCrashedBatches(orderEvents),
    ...ofRoles(orderEvents),
    ...ofFunctionNetwork(orderEvents),
    ...ofMails(orderEvents),
    ...ofPauses(orderEvents),
  ];
}

function ofData({ data }: OrderEvents): readonly Acknowledgement[] {
  return [
    {
      id: "AwsSolutions-S1",
      at: data.crashedBatches,
      reason:
        "Two functions of this project write and read it; a bucket of access logs would outlive its objects.",
    },
  ];
}

function ofKafka({ kafka, settings }: OrderEvents): readonly Acknowledgement[] {
  if (!kafka) return [];
  const zones = networksIn(kafka).map((at) => ({
    id: "CloudFormation-Validate::W3010",
    at,
    reason: "The setting kafkaZones names zones, because not every zone takes brokers.",
  }));
  const lookUp = {
    id: "AwsSolutions-IAM5[Resource::*]",
    at: kafka.node.findChild("kafka-brokers"),
    reason: "The look-up of the brokers supports no resources.",
  };
  return [...ofNetwork(kafka), lookUp, ...(settings.kafkaZones.length > 0 ? zones : [])];
}

function ofRabbitMq({ rabbitmq }: OrderEvents): readonly Acknowledgement[] {
  if (!rabbitmq) return [];
  const topology = rabbitmq.node.tryFindChild("rabbitmq-topology");
  const secrets = rabbitmq.node.findAll().filter((each) => each instanceof Secret);
  return [
    ...ofNetwork(rabbitmq, topology instanceof EventFunction ? [topology] : []),
    {
      id: "AwsSolutions-IAM5[Resource::*]",
      at: rabbitmq.node.findChild("rabbitmq-mappings"),
      reason: "The look for network interfaces supports no resources.",
    },
    ...secrets.map((at) => ({
      id: "AwsSolutions-SMG4",
      at,
      reason:
        "A rotation has to change the user in the broker as well, which no rotation of AWS does: the runbook describes it.",
    })),
    {
      id: "AwsSolutions-SQS3",
      at: rabbitmq.queue.undelivered,
      reason: "It is the dead-letter queue of the subscription, which the rule does not check.",
    },
  ];
}

/** Findings of a broker's stack: its network, and the functions in it. */
function ofNetwork(
  stack: Stack & { readonly functions: Readonly<Record<string, EventFunction>> },
  more: readonly EventFunction[] = [],
): readonly Acknowledgement[] {
  const interfaces = stack.formatArn({ service: "ec2", resource: "*", resourceName: "*" });
  const roles = [...Object.values(stack.functions), ...more].map(({ role }) => role);
  const findings = roles.flatMap((at) => [
    {
      id: "AwsSolutions-IAM5[Resource::*]",
      at,
      reason:
        "Lambda describes networks with the permissions of the function; these actions of EC2 support no resources.",
    },
    {
      id: `AwsSolutions-IAM5[Resource::${finding(stack, interfaces)}]`,
      at,
      reason:
        "Lambda makes network interfaces with the permissions of the function, under ids that it chooses.",
    },
  ]);
  const flowLog = networksIn(stack).map((at) => ({
    id: "AwsSolutions-VPC7",
    at,
    reason: "Only brokers and functions of this project are in the network, and it has no way out.",
  }));
  return [...findings, ...flowLog];
}

const networksIn = (stack: Stack) => stack.node.findAll().filter(({ node }) => node.id === "Network");

/** Admission where brokers alone process. */
function ofAdmission({ service, settings }: OrderEvents): readonly Acknowledgement[] {
  if (settings.processing.includes("queues")) return [];
  return [
    {
      id: "AwsSolutions-IAM5[Resource::*]",
      at: service.functions["place-order"].role,
      reason: "Admission reads the broker's backlog; CloudWatch's actions support no resources.",
    },
  ];
}

function ofMessaging({ messaging }: OrderEvents): readonly Acknowledgement[] {
  return messaging.queues.map(({ undelivered }) => ({
    id: "AwsSolutions-SQS3",
    at: undelivered,
    reason: "It is the dead-letter queue of the subscription, which the rule does not check.",
  }));
}

function ofApi({ service, settings }: OrderEvents): readonly Acknowledgement[] {
  const at = service.api.api;
  const always: readonly Acknowledgement[] = [
    {
      id: "AwsSolutions-APIG2",
      at,
      reason: "The functions validate by the same schemas as the events, and answer with problem details.",
    },
    {
      id: "AwsSolutions-APIG3",
      at: at.deploymentStage,
      reason: "Every caller signs its requests; a firewall is the choice of the deployer.",
    },
    {
      id: "AwsSolutions-APIG6",
      at: at.deploymentStage,
      reason:
        "Access logs are on. Execution logs would hold bodies, and their group has a retention of its own.",
    },
    {
      id: "AwsSolutions-COG4",
      at,
      reason: "Callers are AWS principals: every method takes signed requests (IAM).",
    },
  ];
  if (!settings.apiLogRole) return always;
  const managed = "arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
  return [
    ...always,
    {
      id: `AwsSolutions-IAM4[Policy::${managed}]`,
      at,
      reason: "The account's role for API logs, with the policy that API Gateway documents for it.",
    },
  ];
}

/** Pauses of consumers, by the function of the API and by maintenance. */
function ofPauses({ service }: OrderEvents): readonly Acknowledgement[] {
  const mappings = finding(service, mappingsArn(service));
  return [service.functions["pause-consumers"], service.functions.maintenance].flatMap(({ role: at }) => [
    {
      id: "AwsSolutions-IAM5[Resource::*]",
      at,
      reason: "The listing of event source mappings supports no resources.",
    },
    {
      id: `AwsSolutions-IAM5[Resource::${mappings}]`,
      at,
      reason: "Lambda chooses the ids of the mappings; a condition names the functions of this deployment.",
    },
  ]);
}

/** The bucket that Lambda writes crashed batches into, and maintenance reads. */
function ofCrashedBatches({ data, service, kafka }: OrderEvents): readonly Acknowledgement[] {
  const objects = `${finding(service, data.exportValue(data.crashedBatches.bucketArn))}/*`;
  const users = [service.functions["publish-events"], service.functions.maintenance];
  if (kafka) users.push(kafka.functions[KAFKA_PUBLISHER]);
  return users.map(({ role: at }) => ({
    id: `AwsSolutions-IAM5[Resource::${objects}]`,
    at,
    reason: "The objects of one bucket, whose names Lambda chooses.",
  }));
}

function ofMails({ service, settings }: OrderEvents): readonly Acknowledgement[] {
  if (settings.mailSender === "") return [];
  const mailers = QUEUE_CONSUMERS.filter((name) => declarationOf(name).access.includes("mail")).flatMap(
    (name) => service.functions[name]?.role ?? [],
  );
  const identities = service.formatArn({ service: "ses", resource: "identity", resourceName: "*" });
  return mailers.map((at) => ({
    id: `AwsSolutions-IAM5[Resource::${finding(service, identities)}]`,
    at,
    reason: "SES checks identities that are not known here; a condition names the one sender.",
  }));
}

function ofFunctionNetwork({ service, settings }: OrderEvents): readonly Acknowledgement[] {
  return settings.functionSubnets.length === 0 ? [] : ofNetwork(service);
}

/** The policies of roles: the routes of the API, and what all roles but the client observe. */
function ofRoles({ service, settings }: OrderEvents): readonly Acknowledgement[] {
  const { api } = service;
  const routes = ROUTES.filter(({ path }) => path.includes("{")).map((route) => ({
    id: `AwsSolutions-IAM5[Resource::${finding(service, api.arnOf(route))}]`,
    at: service,
    reason: `One route of stage ${API_GATEWAY_STAGE_NAME}; the star stands for an id in its path.`,
  }));
  const everyRoute = {
    id: `AwsSolutions-IAM5[Resource::${finding(service, api.arnOfAll())}]`,
    at: service.node.findChild(policyId("administrator")),
    reason: `An administrator calls every route of stage ${API_GATEWAY_STAGE_NAME}.`,
  };
  const observers = ROLES.filter((role) => role !== "client").map((role) =>
    service.node.findChild(policyId(role)),
  );
  const observing = observers.flatMap((at) => [
    {
      id: "AwsSolutions-IAM5[Resource::*]",
      at,
      reason:
        "Operators read metrics, alarms and results of log queries; these actions support no resources.",
    },
    {
      id: `AwsSolutions-IAM5[Resource::${finding(service, logGroupsArn(service, settings))}]`,
      at,
      reason: "The log groups of this stage, to tail them and to find the audit lines of one order.",
    },
    {
      id: `AwsSolutions-IAM5[Resource::${finding(service, stackArn(service))}]`,
      at,
      reason: "One stack by its name, to find the API; the star is the id that AWS gives it.",
    },
  ]);
  return [...routes, everyRoute, ...observing];
}

/** A value in the form of the findings: references in angle brackets, imports by their name. */
function finding(scope: IConstruct, value: unknown): string {
  const flatten = (part: unknown): string => {
    if (typeof part !== "object" || part === null) return String(part);
    const [[intrinsic, argument] = ["", ""]] = Object.entries(part);
    if (intrinsic === "Ref") return `<${argument}>`;
    if (intrinsic === "Fn::Join" && Array.isArray(argument))
      return argument[1].map(flatten).join(argument[0]);
    return flatten(argument);
  };
  return flatten(Stack.of(scope).resolve(value));
}
