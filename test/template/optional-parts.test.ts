import { describe, expect, test } from "vitest";
import { declarationOf, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { ENV, MAIL_FEEDBACK } from "../../functions/contract/names.ts";
import { readSettings } from "../../lib/config.ts";
import { pausableConsumers } from "../../lib/constructs/pausable-consumers.ts";
import { SettingError } from "../../lib/settings/read-setting.ts";
import { THRESHOLDS } from "../../lib/settings/thresholds.ts";
import { granted } from "./grants.ts";
import { type Synthesized, shortName, synthesized } from "./synthesized.ts";

const usual = synthesized();

function alarmsOf(stacks: Synthesized): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const alarms = stacks.resources("monitoring", "AWS::CloudWatch::Alarm");
  return new Map(alarms.map(({ properties }) => [shortName(properties.AlarmName), properties]));
}

function functionsOf(stacks: Synthesized) {
  return stacks.resources("service", "AWS::Lambda::Function");
}

describe("without mails", () => {
  const without = synthesized({ mails: false });
  const mailers = QUEUE_CONSUMERS.filter((name) => declarationOf(name).access.includes("mail"));
  const ofMails = [...mailers, MAIL_FEEDBACK];
  const namesIn = (stacks: Synthesized) => [
    ...functionsOf(stacks).map(({ properties }) => properties.FunctionName),
    ...stacks.resources("messaging", "AWS::SQS::Queue").map(({ properties }) => properties.QueueName),
    ...stacks.resources("monitoring", "AWS::CloudWatch::Alarm").map(({ properties }) => properties.AlarmName),
  ];

  test("a consumer that sends mails, and that of their feedback, have no function, queue, subscription, mapping and alarm", () => {
    expect(mailers).toContain("notify-customer");
    for (const name of ofMails) {
      expect(namesIn(usual).filter((each) => String(each).includes(name)).length).toBeGreaterThan(4);
      for (const stack of ["messaging", "service", "monitoring"] as const)
        expect(JSON.stringify(without.resources(stack)), stack).not.toContain(name);
    }
  });

  test("every other function, queue and alarm exists", () => {
    const others = namesIn(usual).filter((each) => !ofMails.some((name) => String(each).includes(name)));

    expect(namesIn(without).sort()).toEqual(others.sort());
  });

  test("the tables stay, so that mails can be deployed later", () => {
    const tables = (stacks: Synthesized) => stacks.resources("data").map(({ id }) => id);

    expect(tables(without)).toEqual(tables(usual));
  });

  test("no such consumer can be paused", () => {
    const names = (mails: boolean) => pausableConsumers(readSettings({ mails })).map(({ name }) => name);

    expect(names(true)).toContain("notify-customer");
    expect(names(false)).not.toContain("notify-customer");
  });
});

describe("alarm thresholds", () => {
  const chosen = alarmsOf(synthesized({ alarmThresholds: "queue-length:50000,failed-messages:5" }));

  test("replace the default of their kind, in the text as well", () => {
    for (const name of QUEUE_CONSUMERS) {
      expect(chosen.get(`queue-length-${name}`)).toMatchObject({ Threshold: 50_000 });
      expect(chosen.get(`queue-length-${name}`)?.["AlarmDescription"]).toMatch(
        /^More than 50,000 messages .* Runbook: .*#alarm-queue-length$/,
      );
    }
    expect(chosen.get("failed-messages")).toMatchObject({ Threshold: 5 });
  });

  test("leave every other alarm as it is", () => {
    const others = (alarms: ReturnType<typeof alarmsOf>) =>
      [...alarms].filter(([name]) => !/^(queue-length|failed-messages)/.test(name));

    expect(others(chosen)).toEqual(others(alarmsOf(usual)));
  });

  test.each(QUEUE_CONSUMERS)("of the age of %s's messages allow for its batch window", (name) => {
    const windowSeconds = declarationOf(name).batch?.windowSeconds ?? 20;
    const alarms = alarmsOf(synthesized({ batchWindowSeconds: 20, returnWithinSeconds: 86_400 }));

    expect(alarms.get(`message-age-${name}`)).toMatchObject({
      Threshold: THRESHOLDS["message-age"].above + windowSeconds,
    });
  });

  test.each([
    ["an unknown kind", "queue-width:5", /queue-length:50000 \(kinds: queue-length, /],
    ["no number", "queue-length:many", /received "queue-length:many"/],
    ["a negative number", "queue-length:-1", /received/],
    ["two of one kind", "queue-length:1,queue-length:2", /one threshold for each kind.*two of queue-length/],
  ])("refuse %s", (_, alarmThresholds, message) => {
    expect(() => readSettings({ alarmThresholds })).toThrow(SettingError);
    expect(() => readSettings({ alarmThresholds })).toThrow(message);
  });
});

describe("a network of the functions", () => {
  const subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
  const group = "sg-0123456789abcdef0";
  const inside = synthesized({ functionSubnets: subnets.join(","), functionSecurityGroup: group });

  test("holds every function, with the permissions that Lambda needs", () => {
    expect(functionsOf(inside).length).toBe(functionsOf(usual).length);
    for (const { id, properties } of functionsOf(inside)) {
      expect(properties.VpcConfig, id).toEqual({ SubnetIds: subnets, SecurityGroupIds: [group] });
      const rights = granted(inside, "service", shortName(properties.FunctionName));
      expect(Object.keys(rights), id).toEqual(
        expect.arrayContaining(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]),
      );
    }
  });

  test("is absent by default", () => {
    for (const { id, properties } of functionsOf(usual)) expect(properties.VpcConfig, id).toBeUndefined();
    expect(JSON.stringify(usual.resources("service"))).not.toContain("ec2:");
  });

  test.each([
    [{ functionSubnets: subnets[0] }, /go together/],
    [{ functionSecurityGroup: group }, /go together/],
    [{ functionSubnets: "vpc-1", functionSecurityGroup: group }, /subnet ids/],
  ])("is refused incomplete: %j", (context, message) => {
    expect(() => readSettings(context)).toThrow(message);
  });
});

describe("a name prefix", () => {
  const backbones = "queues,kafka,rabbitmq";
  const named = synthesized({ namePrefix: "acme", backbones });
  const STACKS = ["data", "messaging", "service", "monitoring", "kafka", "rabbitmq"] as const;

  test("begins every name in place of the usual one", () => {
    for (const stack of STACKS) {
      expect(named.orderEvents[stack]?.stackName).toBe(`acme-dev-${stack}`);
      expect(JSON.stringify(named.resources(stack)), stack).not.toMatch(/order-events[-/]dev/);
      expect(named.resources(stack).map(({ id }) => id).length).toBe(
        synthesized({ backbones }).resources(stack).length,
      );
    }
    for (const { properties } of functionsOf(named)) {
      expect(properties.FunctionName).toMatch(/^acme-dev-/);
      expect(properties.Environment.Variables.SERVICE).toBe("acme-dev");
    }
  });

  test("keeps the namespace of the metrics, which their dimension tells apart", () => {
    const own = [...named.resources("monitoring", "AWS::CloudWatch::Alarm")].filter(
      ({ properties }) => properties.Namespace === "order-events",
    );

    expect(own.length).toBeGreaterThan(0);
    for (const { properties } of own)
      expect(properties.Dimensions).toEqual([{ Name: "service", Value: "acme-dev" }]);
  });

  test.each(["", "Acme", "acme-", "-acme", "acme--shop", "acme/shop", "a-prefix-of-13"])(
    "refuses %j",
    (namePrefix) => {
      expect(() => readSettings({ namePrefix })).toThrow(/1 to 12 lower-case letters/);
    },
  );
});

describe("the index of orders by customer", () => {
  const indexesOf = (stacks: Synthesized) =>
    stacks
      .resources("data", "AWS::DynamoDB::Table")
      .filter(({ properties }) => properties.TableName === "order-events-dev-orders")
      .flatMap(({ properties }) => properties.GlobalSecondaryIndexes);
  const variableOf = (stacks: Synthesized) =>
    functionsOf(stacks)
      .filter(({ properties }) => shortName(properties.FunctionName) === "find-orders")
      .map(({ properties }) => properties.Environment.Variables[ENV.ordersByCustomer]);

  test("is there with its setting only, and holds keys only", () => {
    const chosen = synthesized({ ordersByCustomer: true });

    expect(indexesOf(usual).map(({ IndexName }) => IndexName)).toEqual(["pending"]);
    expect(variableOf(usual)).toEqual([undefined]);
    expect(indexesOf(chosen)).toContainEqual({
      IndexName: "byCustomer",
      KeySchema: [
        { AttributeName: "customerId", KeyType: "HASH" },
        { AttributeName: "createdAt", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    });
    expect(variableOf(chosen)).toEqual(["true"]);
    expect(JSON.stringify(chosen.resources("service", "AWS::IAM::Policy"))).toContain("/index/byCustomer");
  });
});
