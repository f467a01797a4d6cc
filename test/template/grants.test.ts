import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  CONSUMER_NAMES,
  declarationOf,
  FUNCTIONS,
  type FunctionName,
  isQueueConsumer,
  QUEUE_CONSUMERS,
  type QueueConsumer,
} from "../../functions/consumers/consumers.ts";
import type { Access } from "../../functions/consumers/define-consumer.ts";
import { API, type ApiAccess, isApiFunction } from "../../functions/contract/api.ts";
import type { SystemFunctionName } from "../../functions/contract/names.ts";
import { ROLES } from "../../functions/contract/roles.ts";
import { countedOrders } from "../labs/bench/order-calls.ts";
import { flat } from "./grants.ts";
import { logicalId, permissionsOf, stacks } from "./service-functions.ts";
import { statements, synthesized } from "./synthesized.ts";

type Permissions = Readonly<Record<string, readonly string[]>>;

const FAILED = { "dynamodb:GetItem": ["FailedMessages"], "dynamodb:PutItem": ["FailedMessages"] };
const READS_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const on = (actions: readonly string[], ...where: string[]) =>
  Object.fromEntries(actions.map((action) => [action, where]));
const QUEUES = QUEUE_CONSUMERS.map((name) => logicalId(name)).sort();
const ASIDE = QUEUES.flatMap((name) => [`${name}DeadLetters`, `${name}Undelivered`]);
const SOURCES = QUEUES.map((name) => `${name}Source`);
/** The permissions of operators' acts on failed messages, for the API's functions and for maintenance. */
const ACTS = {
  "dynamodb:BatchGetItem": ["FailedMessages"],
  "dynamodb:GetItem": ["FailedMessages", "Notifications", "Orders"],
  "dynamodb:PutItem": ["FailedMessages"],
  "dynamodb:Query": ["Effects", "FailedMessages/index/listing"],
  "sns:Publish": ["Topic"],
  ...on(["dynamodb:UpdateItem", "dynamodb:DeleteItem"], "Notifications"),
  ...on(["sqs:SendMessage", "sqs:GetQueueAttributes"], ...SOURCES),
};

/** By the function of the mapping, in a condition. */
const PAUSES = {
  ...FAILED,
  "lambda:ListEventSourceMappings": ['"*"'],
  "lambda:UpdateEventSourceMapping": ["event-source-mapping:*"],
};

const WITHOUT_RESOURCES =
  /^(lambda:ListEventSourceMappings|cloudwatch:(GetMetricData|DescribeAlarms)|logs:GetQueryResults)$/;

/** What an access of a function of the API permits, and nothing else. */
const API_ACCESS: Readonly<Record<ApiAccess, Permissions>> = {
  "place-orders": {
    ...on(["dynamodb:PutItem", "dynamodb:GetItem"], "Orders"),
    "sqs:GetQueueAttributes": ["ordercreatedSource"],
  },
  "move-orders": on(["dynamodb:UpdateItem"], "Orders"),
  "read-orders": on(["dynamodb:GetItem"], "Orders"),
  stock: on(["dynamodb:UpdateItem", "dynamodb:GetItem"], "Stock"),
  "find-orders": {
    ...on(["dynamodb:BatchGetItem", "dynamodb:Scan"], "Orders"),
    "dynamodb:Query": ["Orders/index/pending"],
  },
  jobs: { ...ACTS, "dynamodb:Scan": ["Orders"], "sns:GetTopicAttributes": ["Topic"] },
  "replay-events": {
    "dynamodb:GetItem": ["Notifications", "Orders"],
    "dynamodb:Query": ["Effects"],
    "sqs:SendMessage": SOURCES,
  },
  "unsuppress-addresses": on(["dynamodb:GetItem", "dynamodb:UpdateItem"], "Notifications"),
  "failed-messages": { ...ACTS, "sns:GetTopicAttributes": ["Topic"] },
  "pause-consumers": PAUSES,
};

const PERMISSIONS: Readonly<Record<SystemFunctionName, Permissions>> = {
  "publish-events": {
    ...FAILED,
    ...on(
      ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((each) => `dynamodb:${each}`),
      "Orders/stream",
    ),
    "s3:PutObject": ["CrashedBatches/*"],
    "s3:ListBucket": ["CrashedBatches"],
    "sns:Publish": ["Topic"],
  },
  "dead-letters": {
    ...FAILED,
    ...on(READS_QUEUE, ...ASIDE),
    "sqs:SendMessage": SOURCES,
  },
  "mail-feedback": {
    "dynamodb:UpdateItem": ["Notifications"],
    ...on([...READS_QUEUE, "sqs:ChangeMessageVisibility"], "mailfeedbackSource"),
    "sqs:SendMessage": ["mailfeedbackDeadLetters"],
  },
  maintenance: {
    ...PAUSES,
    ...ACTS,
    "dynamodb:Scan": ["Orders"],
    "dynamodb:BatchGetItem": ["FailedMessages", "Orders"],
    "dynamodb:UpdateItem": ["Notifications", "Orders"],
    "dynamodb:Query": ["Effects", "FailedMessages/index/listing", "Orders/index/pending"],
    "s3:ListBucket": ["CrashedBatches"],
    ...on(["s3:GetObject", "s3:DeleteObject"], "CrashedBatches/*"),
  },
};

/** The exact permissions of an access of a declaration. */
const ACCESS: Readonly<Record<Access, Permissions>> = {
  "orders-and-stock": { "dynamodb:UpdateItem": ["Orders", "Stock"] },
  orders: { "dynamodb:BatchGetItem": ["Orders"] },
  notifications: on(
    ["BatchGet", "Put", "Update", "Delete"].map((each) => `dynamodb:${each}Item`),
    "Notifications",
  ),
  mail: { "ses:SendEmail": ["configuration-set/order-events-dev-mails", "identity/*"] },
  // Neither UpdateItem nor DeleteItem: a mark stays.
  "effect-once": on(["dynamodb:PutItem", "dynamodb:GetItem"], "Effects"),
};
const OWN_TABLE = ["Get", "BatchGet", "Put", "Update", "Delete"].map((each) => `dynamodb:${each}Item`);

function permissionsOfConsumer(name: QueueConsumer): Permissions {
  const { access, tables = [] } = declarationOf(name);
  return together(
    FAILED,
    on([...READS_QUEUE, "sqs:ChangeMessageVisibility"], `${logicalId(name)}Source`),
    ...access.map((each) => ACCESS[each]),
    // A postponed mail goes to its queue again.
    access.includes("mail") ? { "sqs:SendMessage": [`${logicalId(name)}Source`] } : {},
    ...tables.map((table) =>
      on([...OWN_TABLE, "dynamodb:Query", "dynamodb:ConditionCheckItem"], logicalId(name, table.name)),
    ),
  );
}

function declaredPermissions(name: FunctionName): Permissions {
  if (isQueueConsumer(name)) return permissionsOfConsumer(name);
  if (!isApiFunction(name)) return PERMISSIONS[name];
  return together(...API[name].access.map((access) => API_ACCESS[access]));
}

function together(...all: readonly Permissions[]): Permissions {
  const sum: Record<string, string[]> = {};
  for (const rights of all)
    for (const [action, where] of Object.entries(rights))
      sum[action] = [...(sum[action] ?? []), ...where].sort();
  return sum;
}

describe("permissions", () => {
  test.each(FUNCTIONS)("of %s are those it uses", (name) => {
    expect(permissionsOf(name)).toEqual(declaredPermissions(name));
  });

  test("cover every counted call of a run of orders", () => {
    const grantedAs: Readonly<Record<string, string>> = {
      // Transactions and batches are authorized by the operations in them.
      TransactWriteItems: "dynamodb:UpdateItem",
      PublishBatch: "sns:Publish",
      ChangeMessageVisibilityBatch: "sqs:ChangeMessageVisibility",
    };
    const { calls } = countedOrders(
      fileURLToPath(new URL("../labs/bench/calls.json", import.meta.url)),
    ).inFullBatches;

    expect(Object.keys(calls).length).toBeGreaterThan(5);
    for (const made of Object.keys(calls)) {
      const [name = "", call = ""] = made.split(": ");
      const granted = Object.keys(permissionsOf(name));
      const right = grantedAs[call] ?? granted.find((each) => each.endsWith(`:${call}`));
      expect(granted, made).toContain(right);
    }
  });

  test("have no wildcard action and no wildcard resource", () => {
    const policies = stacks
      .resources("service")
      .filter(({ type }) => type === "AWS::IAM::Policy" || type === "AWS::IAM::ManagedPolicy");

    expect(policies).toHaveLength(FUNCTIONS.length + ROLES.length);
    const all = policies.flatMap(({ properties }) => statements(properties.PolicyDocument));
    expect(all.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
    const everywhere = all.filter(({ resources }) => resources.includes("*"));
    expect(
      everywhere.flatMap(({ actions }) => actions).filter((each) => !WITHOUT_RESOURCES.test(each)),
    ).toEqual([]);
  });

  test("permit mails from the configured sender only", () => {
    const sending = stacks
      .resources("service", "AWS::IAM::Policy")
      .flatMap(({ properties }) => statements(properties.PolicyDocument))
      .filter(({ actions }) => actions.includes("ses:SendEmail"));

    expect(sending.map(({ conditions }) => conditions)).toEqual([
      { StringEquals: { "ses:FromAddress": "orders@shop.example" } },
    ]);
  });

  test("permit to switch the event source mappings of the deployment's consumers only", () => {
    const context = { backbones: "queues,kafka,rabbitmq", processing: "queues" };
    const all = synthesized(context);
    const switching = all
      .resources("service", "AWS::IAM::Policy")
      .flatMap(({ properties }) => statements(properties.PolicyDocument))
      .filter(({ actions }) => actions.includes("lambda:UpdateEventSourceMapping"));
    const functions = switching.map(({ conditions }) =>
      (conditions as { StringEquals: Record<string, unknown[]> }).StringEquals["lambda:FunctionArn"]?.map(
        (arn) => flat(arn).split(":function:")[1],
      ),
    );

    const ofConsumers = CONSUMER_NAMES.map((name) => `order-events-dev-${name}`).sort();
    expect(switching.map(({ actions }) => actions)).toEqual(
      Array(2).fill(["lambda:UpdateEventSourceMapping"]),
    );
    expect(functions.map((each) => each?.sort())).toEqual([ofConsumers, ofConsumers]);
  });

  test("without a sender permit no function to send mail", () => {
    const policies = JSON.stringify(synthesized().resources("service", "AWS::IAM::Policy"));

    expect(policies).not.toContain("ses:");
    expect(policies).toContain("sns:Publish");
  });
});
