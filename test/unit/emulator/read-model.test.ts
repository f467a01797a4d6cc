import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { missingLookups, readAssembly } from "../../../lib/emulator/assembly/read-assembly.ts";
import { readModel } from "../../../lib/emulator/assembly/read-model.ts";
import { HANDLED, IGNORED } from "../../../lib/emulator/assembly/resource-types.ts";
import { writeTinyAssembly } from "../../fixtures/tiny-assembly.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const ENDPOINTS = { region: "eu-central-1", sqs: "http://127.0.0.1:9" };
const QUEUE_ARN = "arn:aws:sqs:eu-central-1:000000000000:tiny-local-queue";

let directory: string;
beforeEach(async () => {
  directory = temporaryFolder();
});

const modelWith = async (resources: Readonly<Record<string, unknown>> = {}) => {
  await writeTinyAssembly(directory, { resources });
  return readModel(await readAssembly(directory), ENDPOINTS);
};

describe("the model of an assembly", () => {
  it("names functions without the prefix of their emulator and resolves their environment over stacks", async () => {
    const { functions } = await modelWith();

    expect(functions).toMatchObject([
      {
        name: "echo",
        physicalName: "tiny-local-echo",
        assetDir: join(directory, "asset.echo"),
        handler: "index.handler",
        timeoutMs: 5000,
        memoryMb: 256,
        environment: {
          TABLE: "tiny-local-things",
          QUEUE: "http://127.0.0.1:9/000000000000/tiny-local-queue",
          TOPIC: "arn:aws:sns:eu-central-1:000000000000:tiny-local-topic",
        },
      },
      { name: "collect", environment: {} },
    ]);
  });

  it("converts a queue's attributes to strings", async () => {
    const { queues } = await modelWith();

    expect(queues.find(({ name }) => name === "tiny-local-queue")).toMatchObject({
      arn: QUEUE_ARN,
      attributes: {
        VisibilityTimeout: "30",
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:000000000000:tiny-local-dead","maxReceiveCount":2}',
      },
    });
  });

  it("keeps a subscription's filter and raw delivery", async () => {
    const { subscriptions } = await modelWith();

    expect(subscriptions).toMatchObject([
      {
        protocol: "sqs",
        endpoint: QUEUE_ARN,
        attributes: { RawMessageDelivery: "true", FilterPolicy: '{"type":["wanted"]}' },
      },
    ]);
  });

  it("reads configuration sets of SES with the topics of their events, and leaves other destinations out", async () => {
    const destination = (more: object) => ({
      Type: "AWS::SES::ConfigurationSetEventDestination",
      Properties: { ConfigurationSetName: { Ref: "Mails" }, EventDestination: more },
    });
    const topicArn = "arn:aws:sns:eu-central-1:000000000000:feedback";
    const { configurationSets, leftOut } = await modelWith({
      Mails: { Type: "AWS::SES::ConfigurationSet", Properties: { Name: "mails" } },
      Unused: { Type: "AWS::SES::ConfigurationSet", Properties: {} },
      ToTopic: destination({
        Enabled: true,
        MatchingEventTypes: ["bounce"],
        SnsDestination: { TopicARN: topicArn },
      }),
      Disabled: destination({
        Enabled: false,
        MatchingEventTypes: ["bounce"],
        SnsDestination: { TopicARN: topicArn },
      }),
      ToBus: destination({ MatchingEventTypes: ["bounce"], EventBridgeDestination: { EventBusArn: "arn" } }),
    });

    expect(configurationSets).toEqual([
      {
        name: "mails",
        destinations: [
          { topicArn, types: ["bounce"] },
          { topicArn, types: [] },
        ],
      },
      { name: expect.stringContaining("Unused"), destinations: [] },
    ]);
    expect(leftOut).toContainEqual({
      path: expect.stringContaining("ToBus"),
      reason: "the local emulator publishes events of mails to topics only",
    });
  });

  it("reads a queue's mapping with its settings and Lambda's defaults", async () => {
    const { sqsMappings } = await modelWith();

    expect(sqsMappings).toEqual([
      {
        kind: "sqs",
        functionName: "collect",
        queueUrl: "http://127.0.0.1:9/000000000000/tiny-local-queue",
        queueArn: QUEUE_ARN,
        batchSize: 10,
        windowSeconds: 0,
        maximumConcurrency: 2,
        enabled: true,
        reportBatchItemFailures: true,
        filters: [],
      },
    ]);
  });

  it("reads a stream's mapping with its failure bucket", async () => {
    const { streamMappings } = await modelWith({
      Stream: mapping({
        EventSourceArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/tiny-local-things/stream/latest",
        StartingPosition: "TRIM_HORIZON",
        BisectBatchOnFunctionError: true,
        MaximumRecordAgeInSeconds: 3600,
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
        DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::crashed" } },
      }),
    });

    expect(streamMappings).toMatchObject([
      {
        tableName: "tiny-local-things",
        batchSize: 100,
        bisect: true,
        maximumRetryAttempts: -1,
        maximumRecordAgeSeconds: 3600,
        filters: ['{"eventName":["INSERT"]}'],
        destinationBucket: "crashed",
      },
    ]);
  });

  it("reads routes from the tree of resources", async () => {
    const { apis } = await modelWith();

    const [api] = apis;
    expect(api?.routes).toEqual([
      { method: "POST", path: "/things", functionName: "echo" },
      { method: "GET", path: "/things/{id}", functionName: "echo" },
    ]);
    expect(api?.stageName).toBe("v1");
  });

  it("reads a table with its stream, its keys and its time to live", async () => {
    const { tables } = await modelWith();

    expect(tables).toMatchObject([
      {
        name: "tiny-local-things",
        createInput: { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } },
        ttlAttribute: "expiresAt",
      },
    ]);
  });

  it("omits a resource whose condition is false", async () => {
    await expect(modelWith()).resolves.toBeDefined();
  });
});

describe("the APIs of an assembly", () => {
  it("may be none", async () => {
    await writeTinyAssembly(directory, { withoutTypes: /^AWS::ApiGateway::/ });

    const { apis, leftOut } = readModel(await readAssembly(directory), ENDPOINTS);

    expect({ apis, leftOut }).toEqual({ apis: [], leftOut: [] });
  });

  it("may be several, each with its own routes", async () => {
    const second = { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "second" } };

    const { apis } = await modelWith({ Second: second });

    expect(apis.map(({ name, routes }) => [name, routes.length])).toEqual([
      ["tiny", 2],
      ["second", 0],
    ]);
  });
});

describe("what the emulator does not run", () => {
  it.each([
    [
      "a type in no table",
      { Type: "AWS::MSK::ServerlessCluster", Properties: {} },
      /^tiny-local-service\/Extra: AWS::MSK::ServerlessCluster is not run/,
    ],
    ["a schedule that is no time", schedule("cron(0 8 * * *)"), /must have six fields/],
    ["an event pattern", { Type: "AWS::Events::Rule", Properties: { EventPattern: {} } }, /no event bus/],
    [
      "a filter with an unknown operator",
      mapping({
        EventSourceArn: QUEUE_ARN,
        FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[{"cidr":"10.0.0.0/8"}]}}' }] },
      }),
      /does not support the filter cidr/,
    ],
    ["a mapping of Kinesis", mapping({ EventSourceArn: "arn:aws:kinesis:x" }), /polls queues, table streams/],
    [
      "a failure destination that is none",
      mapping({
        EventSourceArn: "arn:aws:dynamodb:x:y:table/tiny-local-things/stream/z",
        DestinationConfig: { OnFailure: { Destination: "arn:aws:kinesis:x" } },
      }),
      /bucket, queue or topic, not to arn:aws:kinesis:x/,
    ],
    [
      "a function with layers",
      {
        Type: "AWS::Lambda::Function",
        Properties: {
          Runtime: "nodejs24.x",
          Handler: "index.handler",
          Code: { S3Key: "echo.zip" },
          Layers: ["l"],
        },
      },
      /without Layers/,
    ],
    [
      "a function of another language",
      { Type: "AWS::Lambda::Function", Properties: { Runtime: "python3.14", Code: { S3Key: "echo.zip" } } },
      /not python3\.14/,
    ],
    [
      "an alarm by metric math",
      { Type: "AWS::CloudWatch::Alarm", Properties: { Metrics: [], ComparisonOperator: "x" } },
      /not metric math/,
    ],
    [
      "a topic's delivery by https",
      { Type: "AWS::SNS::Subscription", Properties: { Protocol: "https" } },
      /delivers to sqs, lambda and email, not to https/,
    ],
    [
      "notifications of a bucket",
      { Type: "AWS::S3::Bucket", Properties: { NotificationConfiguration: {} } },
      /no bucket notifications/,
    ],
  ])("names %s, and runs the rest", async (_name, resource, message) => {
    const { leftOut, functions, apis } = await modelWith({ Extra: resource });

    const found = leftOut.map(({ path, reason }) => `${path}: ${reason}`);
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found[0]).toContain("tiny-local-service/Extra");
    expect([functions.length, apis.length]).toEqual([2, 1]);
  });

  it("is nothing in an app that it runs whole", async () => {
    const { leftOut } = await modelWith();

    expect(leftOut).toEqual([]);
  });

  it("is named for every resource", async () => {
    const extra = { One: { Type: "AWS::Cognito::UserPool" }, Two: { Type: "AWS::MSK::Configuration" } };

    const { leftOut } = await modelWith(extra);

    expect(leftOut.map(({ reason }) => reason)).toEqual([
      "AWS::Cognito::UserPool is not run; requests are not authorized",
      "AWS::MSK::Configuration is not run",
    ]);
  });

  it("includes what invokes a function that is not run", async () => {
    const { leftOut, sqsMappings } = await modelWith({
      Snake: { Type: "AWS::Lambda::Function", Properties: { Runtime: "python3.14", Code: {} } },
      Fed: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: { FunctionName: { Ref: "Snake" }, EventSourceArn: QUEUE_ARN },
      },
    });

    expect(leftOut).toEqual([
      { path: "tiny-local-service/Snake", reason: expect.stringContaining("not python3.14") },
      {
        path: "tiny-local-service/Fed",
        reason: "FunctionName names the function tiny-local-service-Snake, which is not run",
      },
    ]);
    expect(sqsMappings).toHaveLength(1);
  });

  it("includes the stream of a table that is in no template", async () => {
    const stream =
      "arn:aws:dynamodb:eu-central-1:123456789012:table/acme-orders/stream/2026-01-01T00:00:00.000";

    const { leftOut, streamMappings } = await modelWith({
      Fed: mapping({ EventSourceArn: stream, StartingPosition: "TRIM_HORIZON" }),
    });

    expect(leftOut).toEqual([
      {
        path: "tiny-local-service/Fed",
        reason: "reads the stream of the table acme-orders, which is in no template",
      },
    ]);
    expect(streamMappings).toEqual([]);
  });

  it("includes a lookup in an account that was never made", async () => {
    await writeTinyAssembly(directory);
    const file = join(directory, "manifest.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    const missing = [{ key: "vpc-provider:account=1", provider: "vpc-provider", props: {} }];
    await writeFile(file, JSON.stringify({ ...manifest, missing }));

    expect(await missingLookups(directory)).toEqual([
      {
        path: "vpc-provider:account=1",
        reason: expect.stringMatching(/vpc-provider has a placeholder.*cdk synth/),
      },
    ]);
  });

  it("has no type in both tables", () => {
    expect(HANDLED.filter((type) => Object.hasOwn(IGNORED, type))).toEqual([]);
  });
});

function mapping(properties: object) {
  return {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { FunctionName: "tiny-local-collect", ...properties },
  };
}

function schedule(expression: string) {
  return {
    Type: "AWS::Events::Rule",
    Properties: { ScheduleExpression: expression, Targets: [{ Arn: "tiny-local-echo" }] },
  };
}
