import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ENV, FUNCTIONS, type FunctionName, SUBSCRIPTIONS } from "../../functions/contract/names.ts";
import { orderCalls } from "../bench/order-calls.ts";
import { type Resource, shortName, statements, synthesized, target, type Value } from "./synthesized.ts";

const stacks = synthesized({ mailSender: "orders@shop.example" });
const functions = new Map(
  stacks
    .resources("service", "AWS::Lambda::Function")
    .map((each) => [shortName(each.properties.FunctionName), each]),
);

function functionOf(name: string): Resource {
  const found = functions.get(name);
  if (!found) throw new Error(`There is no function ${name}`);
  return found;
}

function environmentOf(name: string): Readonly<Record<string, Value>> {
  return functionOf(name).properties.Environment.Variables;
}

/** What a function may do, without its own logs: action → where, by the logical names in the ARNs. */
function rightsOf(name: string): Readonly<Record<string, readonly string[]>> {
  const role = functionOf(name).properties.Role["Fn::GetAtt"][0];
  const policies = stacks
    .resources("service", "AWS::IAM::Policy")
    .filter(({ properties }) => properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role));
  const rights: Record<string, string[]> = {};
  for (const { properties } of policies)
    for (const { actions, resources } of statements(properties.PolicyDocument))
      for (const action of actions.filter((each) => !each.startsWith("logs:")))
        rights[action] = [...(rights[action] ?? []), ...resources.map(short)].sort();
  return rights;
}

/** `Orders` for the ARN of the orders table, `Orders/index/byStatus` for one of its indexes. */
function short(resource: Value): string {
  const text = target(resource);
  const imported = /(?:GetAtt|Ref)([A-Za-z]+?)[0-9A-F]{8}(StreamArn)?/.exec(text);
  const suffix = /"(\/[^"]*)"\]/.exec(text)?.[1] ?? "";
  if (imported) return `${imported[1]}${imported[2] ? "/stream" : ""}${suffix}`;
  return /:(identity\/[^"]+)"/.exec(text)?.[1] ?? text;
}

const FAILED = { "dynamodb:GetItem": ["FailedMessages"], "dynamodb:PutItem": ["FailedMessages"] };
const READS_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const on = (actions: readonly string[], ...where: string[]) =>
  Object.fromEntries(actions.map((action) => [action, where]));
const SETTLES = { ...FAILED, "dynamodb:UpdateItem": ["Orders", "Stock"] };
const QUEUES = ["notifycustomer", "ordercancelled", "ordercreated"];
const ASIDE = QUEUES.flatMap((name) => [`${name}DeadLetters`, `${name}Undelivered`]);
const SOURCES = QUEUES.map((name) => `${name}Source`);
/** What an operator's act takes, in the API's function and in the schedule that goes on with it. */
const OPERATES = {
  "dynamodb:GetItem": ["FailedMessages", "Notifications", "Orders"],
  "dynamodb:PutItem": ["FailedMessages"],
  "dynamodb:Query": ["FailedMessages/index/byStatus"],
  "dynamodb:Scan": ["Orders"],
  "sns:Publish": ["Topic"],
  ...on(["sqs:SendMessage", "sqs:GetQueueAttributes"], ...SOURCES),
};

const WITHOUT_RESOURCES = /^(cloudwatch:(GetMetricData|DescribeAlarms)|logs:GetQueryResults)$/;

const RIGHTS: Readonly<Record<FunctionName, Readonly<Record<string, readonly string[]>>>> = {
  "place-order": {
    ...on(["dynamodb:PutItem", "dynamodb:GetItem"], "Orders"),
    "sqs:GetQueueAttributes": ["ordercreatedSource"],
  },
  "cancel-order": on(["dynamodb:UpdateItem"], "Orders"),
  "read-order": on(["dynamodb:GetItem"], "Orders"),
  stock: on(["dynamodb:UpdateItem", "dynamodb:GetItem"], "Stock"),
  "failed-messages": {
    ...OPERATES,
    "sns:GetTopicAttributes": ["Topic"],
    ...on(["dynamodb:UpdateItem", "dynamodb:DeleteItem"], "Notifications"),
  },
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
  "order-created": {
    ...SETTLES,
    ...on([...READS_QUEUE, "sqs:ChangeMessageVisibility"], "ordercreatedSource"),
  },
  "order-cancelled": {
    ...SETTLES,
    ...on([...READS_QUEUE, "sqs:ChangeMessageVisibility"], "ordercancelledSource"),
  },
  "notify-customer": {
    ...on([...READS_QUEUE, "sqs:ChangeMessageVisibility"], "notifycustomerSource"),
    ...on(["dynamodb:UpdateItem", "dynamodb:DeleteItem"], "Notifications"),
    "dynamodb:PutItem": ["FailedMessages", "Notifications"],
    "dynamodb:GetItem": ["FailedMessages", "Notifications"],
    "dynamodb:BatchGetItem": ["Orders"],
    "ses:SendEmail": ["identity/orders@shop.example", "identity/shop.example"],
  },
  "dead-letters": {
    ...FAILED,
    ...on(READS_QUEUE, ...ASIDE),
    "sqs:SendMessage": SOURCES,
  },
  republish: {
    ...OPERATES,
    "s3:ListBucket": ["CrashedBatches"],
    ...on(["s3:GetObject", "s3:DeleteObject"], "CrashedBatches/*"),
  },
};

describe("functions", () => {
  test("are those of the contract", () => {
    expect([...functions.keys()].sort()).toEqual([...FUNCTIONS].sort());
  });

  test.each(FUNCTIONS)("%s runs on nodejs24.x and arm64, with a log group that forgets", (name) => {
    const { properties } = functionOf(name);
    const group = stacks
      .resources("service", "AWS::Logs::LogGroup")
      .find(({ id }) => id === properties.LoggingConfig.LogGroup.Ref);

    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
    });
    expect(properties.LoggingConfig.LogFormat).toBe("Text");
    expect(properties.TracingConfig).toBeUndefined();
    expect(group?.properties.RetentionInDays).toBe(30);
    expect(group?.properties.LogGroupName).toBe(`/aws/lambda/${properties.FunctionName}`);
  });

  test.each(FUNCTIONS)("%s may do what it does, and nothing else", (name) => {
    expect(rightsOf(name)).toEqual(RIGHTS[name]);
  });

  test("every call that was counted in a run of orders is granted to the function that made it", () => {
    const grantedAs: Readonly<Record<string, string>> = {
      // Transactions and batches are authorized by what they hold.
      TransactWriteItems: "dynamodb:UpdateItem",
      PublishBatch: "sns:Publish",
      ChangeMessageVisibilityBatch: "sqs:ChangeMessageVisibility",
    };
    const { calls } = orderCalls(fileURLToPath(new URL("../bench/calls.json", import.meta.url)));

    expect(Object.keys(calls).length).toBeGreaterThan(5);
    for (const made of Object.keys(calls)) {
      const [name = "", call = ""] = made.split(": ");
      const granted = Object.keys(rightsOf(name));
      const right = grantedAs[call] ?? granted.find((each) => each.endsWith(`:${call}`));
      expect(granted, made).toContain(right);
    }
  });

  test("no policy names an action by a wildcard, or everything as its resource", () => {
    const policies = stacks
      .resources("service")
      .filter(({ type }) => type === "AWS::IAM::Policy" || type === "AWS::IAM::ManagedPolicy");

    expect(policies).toHaveLength(FUNCTIONS.length + 2);
    const all = policies.flatMap(({ properties }) => statements(properties.PolicyDocument));
    expect(all.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
    const everywhere = all.filter(({ resources }) => resources.includes("*"));
    expect(
      everywhere.flatMap(({ actions }) => actions).filter((each) => !WITHOUT_RESOURCES.test(each)),
    ).toEqual([]);
  });

  test("without a sender no function may send mail", () => {
    const policies = JSON.stringify(synthesized().resources("service", "AWS::IAM::Policy"));

    expect(policies).not.toContain("ses:");
    expect(policies).toContain("sns:Publish");
  });

  test("C13: recursion of queues and functions is left to end by itself", () => {
    for (const [name, { properties }] of functions)
      expect(properties.RecursiveLoop ?? "Terminate", name).toBe("Terminate");
  });
});

describe("the environment", () => {
  test("holds only names of the contract", () => {
    const known = new Set<string>(Object.values(ENV));

    for (const name of FUNCTIONS)
      expect(
        Object.keys(environmentOf(name)).filter((each) => !known.has(each)),
        name,
      ).toEqual([]);
  });

  test("names the service as metrics do", () => {
    for (const name of FUNCTIONS) expect(environmentOf(name)["SERVICE"], name).toBe("order-events-dev");
  });

  test.each(Object.keys(SUBSCRIPTIONS))("tells %s its queue and how often it is received", (name) => {
    expect(short(environmentOf(name)["QUEUE_URL"])).toBe(`${name.replace("-", "")}Source`);
    expect(environmentOf(name)["MAX_RECEIVE_COUNT"]).toBe("5");
  });

  test("A table that is named may be reached, and one that may be reached is named", () => {
    const variables = {
      ORDERS_TABLE: "Orders",
      STOCK_TABLE: "Stock",
      NOTIFICATIONS_TABLE: "Notifications",
      FAILED_MESSAGES_TABLE: "FailedMessages",
      CRASHED_BATCHES_BUCKET: "CrashedBatches",
      TOPIC_ARN: "Topic",
    };

    for (const name of FUNCTIONS) {
      const reached = Object.entries(rightsOf(name))
        // The mapping reads the stream and writes to the bucket; the code itself does not know them.
        .filter(([action]) => !(name === "publish-events" && action.startsWith("s3:")))
        .flatMap(([, where]) => where)
        .filter((each) => !each.endsWith("/stream"))
        .map((each) => each.split("/")[0]);
      for (const [variable, resource] of Object.entries(variables))
        expect(variable in environmentOf(name), `${name} ${variable}`).toBe(reached.includes(resource));
    }
  });

  test("tells dead-letters of every queue of things put aside whose it is and where it goes again", () => {
    const { "Fn::Join": [, parts] = [] } = environmentOf("dead-letters")["DEAD_LETTER_SOURCES"] as {
      "Fn::Join"?: [string, Value[]];
    };
    const text = parts?.map((part) => (typeof part === "string" ? part : short(part))).join("") ?? "";

    expect(JSON.parse(text)).toEqual(
      Object.keys(SUBSCRIPTIONS).flatMap((consumer) => {
        const id = consumer.replace("-", "");
        return ["DeadLetters", "Undelivered"].map((role) => ({
          arn: `${id}${role}`,
          consumer,
          queueUrl: `${id}Source`,
        }));
      }),
    );
    expect(environmentOf("dead-letters")["REDRIVE_DELAYS_SECONDS"]).toBe("30,240,900");
  });

  test("lets place-order refuse new orders by the length of the queue they go to", () => {
    expect(short(environmentOf("place-order")["BACKLOG_QUEUE_URL"])).toBe("ordercreatedSource");
    expect(environmentOf("place-order")["BACKLOG_LIMIT"]).toBe("10000");
  });
});
