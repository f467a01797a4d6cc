import { describe, expect, test } from "vitest";
import {
  RABBITMQ,
  RABBITMQ_FUNCTIONS,
  RABBITMQ_QUEUES,
  suspectQueue,
} from "../../functions/contract/broker-names.ts";
import { ENV } from "../../functions/contract/names.ts";
import { readSettings } from "../../lib/config.ts";
import { rabbitTopology } from "../../lib/settings/rabbitmq-topology.ts";
import { BROKER } from "./existing-broker.ts";
import { granted } from "./grants.ts";
import { shortName, synthesized } from "./synthesized.ts";

const CONTEXT = { backbones: "queues,rabbitmq" };
const stacks = synthesized(CONTEXT);
const environment = (of: typeof stacks, name: string, stack: "service" | "rabbitmq" = "service") => {
  const found = of
    .resources(stack, "AWS::Lambda::Function")
    .find(({ properties }) => shortName(properties.FunctionName) === name);
  return (found?.properties.Environment.Variables ?? {}) as Readonly<Record<string, string>>;
};
const only = (of: typeof stacks, type: string) => {
  const [resource, another] = of.resources("rabbitmq", type);
  if (resource === undefined || another !== undefined) throw new Error(`There is not one ${type}.`);
  return resource.properties as Record<string, unknown>;
};
const mappingsOf = (of: typeof stacks) =>
  of
    .resources("rabbitmq", "AWS::Lambda::EventSourceMapping")
    .map(({ properties }) => properties as Record<string, unknown>)
    .filter((each) => each["Queues"] !== undefined);

describe("the broker", () => {
  test("is a private RabbitMQ of a named version, with logs, on the smallest instance that takes it", () => {
    expect(only(stacks, "AWS::AmazonMQ::Broker")).toMatchObject({
      EngineType: "RABBITMQ",
      EngineVersion: "4.2",
      HostInstanceType: "mq.m7g.medium",
      DeploymentMode: "SINGLE_INSTANCE",
      PubliclyAccessible: false,
      AutoMinorVersionUpgrade: true,
      Logs: { General: true },
    });
  });

  test("has one administrator, whose password is a reference to a secret", () => {
    const [user, another] = only(stacks, "AWS::AmazonMQ::Broker")["Users"] as Record<string, unknown>[];

    expect(another).toBeUndefined();
    expect(JSON.stringify(user?.["Password"])).toContain("resolve:secretsmanager");
  });

  test("is a cluster in three subnets where that is set", () => {
    const broker = only(synthesized({ ...CONTEXT, rabbitmqCluster: true }), "AWS::AmazonMQ::Broker");

    expect(broker["DeploymentMode"]).toBe("CLUSTER_MULTI_AZ");
    expect(broker["SubnetIds"]).toHaveLength(3);
  });

  test("is kept with its data where data is protected", () => {
    const [kept] = synthesized({ ...CONTEXT, protectData: true }).resources(
      "rabbitmq",
      "AWS::AmazonMQ::Broker",
    );
    const [gone] = stacks.resources("rabbitmq", "AWS::AmazonMQ::Broker");

    expect(kept?.deletionPolicy).toBe("Retain");
    expect(gone?.deletionPolicy).not.toBe("Retain");
  });

  test("is not made where one exists", () => {
    const there = synthesized({ ...CONTEXT, ...BROKER });

    for (const type of ["AWS::AmazonMQ::Broker", "AWS::EC2::VPC", "Custom::RabbitMQTopology"])
      expect(there.resources("rabbitmq", type)).toEqual([]);
    expect(environment(there, "publish-to-rabbitmq", "rabbitmq")[ENV.rabbitmqUrl]).toBe(
      `amqps://${BROKER.rabbitmqHost}:5671/%2F`,
    );
  });
});

describe("the network", () => {
  test("admits its own members only, to AMQP over TLS and HTTPS", () => {
    const rules = stacks
      .resources("rabbitmq", "AWS::EC2::SecurityGroupIngress")
      .map(({ properties }) => properties as Record<string, unknown>);

    expect(rules.map(({ FromPort }) => FromPort).sort()).toEqual([443, 5671]);
    for (const rule of rules) expect(rule["SourceSecurityGroupId"]).toEqual(rule["GroupId"]);
  });

  test("has the endpoints that a mapping of a private broker needs, and no way out", () => {
    const services = stacks
      .resources("rabbitmq", "AWS::EC2::VPCEndpoint")
      .map(({ properties }) => JSON.stringify((properties as Record<string, unknown>)["ServiceName"]));

    for (const name of ["lambda", "secretsmanager", "dynamodb", "s3"])
      expect(services.some((service) => service.includes(`.${name}`))).toBe(true);
    expect(stacks.resources("rabbitmq", "AWS::EC2::NatGateway")).toEqual([]);
    expect(stacks.resources("rabbitmq", "AWS::EC2::InternetGateway")).toEqual([]);
  });
});

describe("the mappings", () => {
  test("read each queue and its suspects, one by one where a message may crash the function", () => {
    const sizes = Object.fromEntries(
      mappingsOf(stacks).map((each) => [String((each["Queues"] as string[])[0]), each["BatchSize"]]),
    );

    expect(sizes).toEqual({
      ...Object.fromEntries(
        RABBITMQ_QUEUES.flatMap((queue) => [
          [queue, 10],
          [suspectQueue(queue), 1],
        ]),
      ),
      [RABBITMQ.deadLetterQueue]: 10,
    });
  });

  test("set nothing that Lambda does not take for a queue of RabbitMQ", () => {
    for (const mapping of mappingsOf(stacks))
      expect(Object.keys({ Enabled: true, ...mapping }).sort()).toEqual([
        "BatchSize",
        "Enabled",
        "EventSourceArn",
        "FunctionName",
        "MaximumBatchingWindowInSeconds",
        "Queues",
        "SourceAccessConfigurations",
      ]);
  });

  test("log in by a secret, in the vhost of the stage", () => {
    for (const mapping of mappingsOf(synthesized({ ...CONTEXT, rabbitmqVhost: "shop" })))
      expect(mapping["SourceAccessConfigurations"]).toMatchObject([
        { Type: "BASIC_AUTH" },
        { Type: "VIRTUAL_HOST", URI: "shop" },
      ]);
  });

  test.each([
    ["queues", false],
    ["queues,rabbitmq", true],
    ["rabbitmq", true],
  ])(
    "process while processing is %s: %s; suspects and dead letters are read in any case",
    (processing, expected) => {
      for (const mapping of mappingsOf(synthesized({ ...CONTEXT, processing }))) {
        const isOfEvents = RABBITMQ_QUEUES.includes(String((mapping["Queues"] as string[])[0]));
        expect(mapping["Enabled"]).toBe(isOfEvents ? expected : undefined);
      }
    },
  );

  test("wait for the topology: a mapping of a missing queue cannot be made", () => {
    const [topology] = stacks.resources("rabbitmq", "Custom::RabbitMQTopology");
    for (const { dependsOn, properties } of stacks.resources("rabbitmq", "AWS::Lambda::EventSourceMapping"))
      if (properties.Queues !== undefined) expect(dependsOn).toContain(topology?.id);
  });
});

describe("the topology", () => {
  const resource = () => only(stacks, "Custom::RabbitMQTopology");

  test("is the one of the settings", () => {
    const applied = only(
      synthesized({ ...CONTEXT, rabbitmqQueueLength: 7, rabbitmqRetryDelaysSeconds: "1,2,3" }),
      "Custom::RabbitMQTopology",
    );
    const settings = readSettings({
      ...CONTEXT,
      rabbitmqQueueLength: 7,
      rabbitmqRetryDelaysSeconds: "1,2,3",
    });

    expect(JSON.parse(String(applied["Topology"]))).toEqual(rabbitTopology(settings));
  });

  test("gives the publisher and the consumer users of their own, which may configure nothing", () => {
    const [publisher, consumer] = resource()["Users"] as Record<string, string>[];

    expect(new RegExp(publisher?.["Write"] ?? "").test("order.exchange")).toBe(true);
    expect(new RegExp(publisher?.["Write"] ?? "").test("order.exchange2")).toBe(false);
    expect(new RegExp(publisher?.["Read"] ?? "x").test("order.queue")).toBe(false);
    for (const queue of RABBITMQ_QUEUES) expect(new RegExp(consumer?.["Read"] ?? "").test(queue)).toBe(true);
    expect(new RegExp(consumer?.["Write"] ?? "").test("order.exchange")).toBe(false);
    expect(publisher?.["SecretArn"]).not.toEqual(consumer?.["SecretArn"]);
  });

  test("drops nothing: each queue refuses its publisher where it is full, and none has an argument that may change", () => {
    const { policies, queues } = rabbitTopology(readSettings(CONTEXT));

    expect(policies.map(({ queue }) => queue).sort()).toEqual([...queues].sort());
    for (const { queue, definition } of policies) {
      expect(definition["overflow"]).toBe("reject-publish");
      expect(definition["delivery-limit"] !== undefined || queue.includes(".retry.")).toBe(true);
      if (definition["dead-letter-exchange"] !== undefined)
        expect(definition["dead-letter-strategy"]).toBe("at-least-once");
    }
  });

  test("leads each retry queue back to its own queue", () => {
    const { policies } = rabbitTopology(readSettings(CONTEXT));
    const retries = policies.filter(({ queue }) => queue.includes(".retry."));

    expect(retries).toHaveLength(2 * 3);
    for (const { queue, definition } of retries)
      expect([definition["dead-letter-exchange"], definition["dead-letter-routing-key"]]).toEqual([
        "",
        queue.replace(/\.retry\..*/, ""),
      ]);
  });
});

describe("the functions", () => {
  test.each(RABBITMQ_FUNCTIONS)("%s runs beside the broker and may read only its own secret", (name) => {
    const rights = granted(stacks, "rabbitmq", name);

    expect(rights["secretsmanager:GetSecretValue"]).toHaveLength(1);
    expect(Object.keys(rights)).not.toContain("secretsmanager:*");
    expect(environment(stacks, name, "rabbitmq")[ENV.rabbitmqSecret]).toBeDefined();
  });

  test("no template holds a password", () => {
    expect(JSON.stringify(stacks.resources("rabbitmq"))).not.toMatch(/"password":"[^{]/i);
  });

  test("the queue of publish-to-rabbitmq takes the types that have a queue in RabbitMQ", () => {
    const subscription = only(stacks, "AWS::SNS::Subscription");

    expect(subscription["FilterPolicy"]).toEqual({ type: Object.keys(RABBITMQ.queues) });
  });

  test.each([
    ["queues,rabbitmq", "QUEUE_URL"],
    ["rabbitmq", "METRIC"],
  ])("admission while processing is %s reads BACKLOG_%s", (processing, name) => {
    const variables = environment(synthesized({ ...CONTEXT, processing }), "place-order");

    expect(variables[`BACKLOG_${name}`]).toBeDefined();
    if (name === "METRIC")
      expect(JSON.parse(variables["BACKLOG_METRIC"] ?? "")).toEqual({
        namespace: "AWS/AmazonMQ",
        name: "MessageCount",
        dimensions: { Broker: "order-events-dev-rabbitmq" },
      });
  });

  test.each(["failed-messages", "jobs", "maintenance"])(
    "%s may send to the queue for both consumers",
    (name) => {
      const queues = JSON.stringify(environment(stacks, name)["SOURCE_QUEUES"]);

      for (const consumer of ["publish-to-rabbitmq", "order-events-rabbitmq"])
        expect(queues).toContain(consumer);
    },
  );
});

describe("alarms of RabbitMQ", () => {
  const alarmsOf = (of: typeof stacks) =>
    new Map(
      of
        .resources("monitoring", "AWS::CloudWatch::Alarm")
        .map(({ properties }) => [shortName(properties.AlarmName), properties]),
    );
  const without = alarmsOf(synthesized());
  const processing = synthesized({ ...CONTEXT, processing: "queues,rabbitmq" });
  const alarms = new Map([...alarmsOf(processing)].filter(([name]) => !without.has(name)));

  test("watch each function, the queue that leads to the broker, and the broker", () => {
    expect([...alarms.keys()].sort()).toEqual(
      [
        ...["throttles", "function-errors"].flatMap((kind) =>
          RABBITMQ_FUNCTIONS.map((of) => `${kind}-${of}`),
        ),
        ...["message-age", "dead-lettered", "undelivered"].map((kind) => `${kind}-publish-to-rabbitmq`),
        ...["rabbitmq-length", "rabbitmq-dead-lettered", "rabbitmq-publish-failed"],
      ].sort(),
    );
  });

  test("do not watch dead letters where RabbitMQ does not process: messages expire there unread", () => {
    expect([...alarmsOf(stacks).keys()]).not.toContain("rabbitmq-dead-lettered");
  });

  test.each([...alarms])("%s notifies the alarm topic and links its runbook", (name, alarm) => {
    const [topic] = processing.resources("monitoring", "AWS::SNS::Topic");
    const [, kind] = /runbooks\.md#alarm-([a-z-]+)$/.exec(alarm.AlarmDescription) ?? [];

    expect(alarm.AlarmActions).toEqual([{ Ref: topic?.id }]);
    expect(name.startsWith(String(kind)), `${name} ${kind}`).toBe(true);
  });

  test("watch an existing broker by its name", () => {
    const there = alarmsOf(synthesized({ ...CONTEXT, ...BROKER }));

    expect(there.get("rabbitmq-length")?.Dimensions).toEqual([{ Name: "Broker", Value: "shop" }]);
  });
});
