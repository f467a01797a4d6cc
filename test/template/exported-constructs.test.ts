import { App, Duration, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import { type ConsumerAlarmsProps, consumerAlarms } from "../../lib/constructs/consumer-alarms.ts";
import {
  ConsumerFunction,
  type ConsumerFunctionProps,
  grantParkInQueue,
} from "../../lib/constructs/consumer-function.ts";
import { MessageQueue, type MessageQueueProps } from "../../lib/constructs/message-queue.ts";

const BUNDLE = { bundle: import.meta.dirname };

function consumerOf(queueProps: MessageQueueProps = {}, functionProps: Partial<ConsumerFunctionProps> = {}) {
  const stack = new Stack(new App(), "shop");
  const queue = new MessageQueue(stack, "Queue", queueProps);
  const consumer = new ConsumerFunction(stack, "payments", { ...BUNDLE, ...functionProps });
  return { stack, queue, consumer };
}

describe("a queue of messages", () => {
  test("has a dead-letter queue behind it that keeps messages longer, each encrypted and by TLS only", () => {
    const { stack } = consumerOf({ queueName: "payments", maxReceiveCount: 7 });
    const template = Template.fromStack(stack);

    template.hasResourceProperties("AWS::SQS::Queue", {
      QueueName: "payments",
      MessageRetentionPeriod: 345_600,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 7 }),
      SqsManagedSseEnabled: true,
    });
    for (const QueueName of ["payments-dlq", "payments-undelivered"]) {
      template.hasResourceProperties("AWS::SQS::Queue", { QueueName, MessageRetentionPeriod: 1_209_600 });
    }
    template.allResourcesProperties("AWS::SQS::QueuePolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]),
      },
    });
  });

  test.each([
    [["payment.requested"], { FilterPolicy: { type: ["payment.requested"] } }],
    [undefined, { FilterPolicy: Match.absent() }],
  ])("subscribes to the types %o, with a queue for what SNS cannot deliver", (types, filter) => {
    const stack = new Stack(new App(), "shop");
    const topic = new Topic(stack, "Topic");

    new MessageQueue(stack, "Queue", { topic, ...(types && { types }) });

    Template.fromStack(stack).hasResourceProperties("AWS::SNS::Subscription", {
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
      ...filter,
    });
  });

  test("without a topic has no subscription", () => {
    Template.fromStack(consumerOf().stack).resourceCountIs("AWS::SNS::Subscription", 0);
  });
});

describe("a function that consumes", () => {
  test("reports failures one by one, and has the variables of its queue", () => {
    const { stack, queue, consumer } = consumerOf({ maxReceiveCount: 7 });

    consumer.consume(queue, { maxConcurrency: 3 });

    const template = Template.fromStack(stack);
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 3 },
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { QUEUE_URL: Match.anyValue(), MAX_RECEIVE_COUNT: "7" } },
    });
  });

  test("may do nothing but what it was granted, on these resources", () => {
    const { stack, queue, consumer } = consumerOf();

    consumer.consume(queue);
    consumer.grant(grantParkInQueue(queue));

    const policies = Template.fromStack(stack).findResources("AWS::IAM::Policy");
    const statements = Object.values(policies).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements.map(({ Resource }) => Resource)).not.toContain("*");
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      ...["logs:CreateLogStream", "logs:PutLogEvents"],
      ...["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      ...["sqs:ReceiveMessage", "sqs:SendMessage"],
    ]);
  });

  test("takes other props of a function, in a VPC with the permissions for it", () => {
    const stack = new Stack(new App(), "shop");
    const vpc = Vpc.fromVpcAttributes(stack, "Vpc", {
      vpcId: "vpc-1",
      availabilityZones: ["eu-central-1a"],
      privateSubnetIds: ["subnet-1"],
    });

    new ConsumerFunction(stack, "payments", {
      ...BUNDLE,
      function: { memorySize: 256, vpc, tracing: Tracing.ACTIVE },
    });

    const template = Template.fromStack(stack);
    template.hasResourceProperties("AWS::Lambda::Function", {
      MemorySize: 256,
      Handler: "index.handler",
      TracingConfig: { Mode: "Active" },
      VpcConfig: { SubnetIds: Match.anyValue(), SecurityGroupIds: Match.anyValue() },
    });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(["ec2:CreateNetworkInterface"]) }),
        ]),
      },
    });
  });

  test("keeps what it promises whatever the other props are", () => {
    const stack = new Stack(new App(), "shop");
    const others: object = {
      handler: "other.handler",
      timeout: Duration.seconds(900),
      loggingFormat: "JSON",
    };

    new ConsumerFunction(stack, "payments", { ...BUNDLE, function: others });

    Template.fromStack(stack).hasResourceProperties("AWS::Lambda::Function", {
      MemorySize: 1024,
      Handler: "index.handler",
      Timeout: 30,
      LoggingConfig: Match.objectLike({ LogFormat: "Text" }),
    });
  });

  test.each([
    [{ visibilitySeconds: 180 }, { timeoutSeconds: 30 }, {}, undefined],
    [{ visibilitySeconds: 180 }, { timeoutSeconds: 31 }, {}, /at least 186, .* received 180/],
    [{ visibilitySeconds: 180 }, { timeoutSeconds: 30 }, { batchWindowSeconds: 1 }, /at least 181/],
  ])(
    "of a queue with %o and a function with %o, read with %o: refused is %o",
    (props, functionProps, options, error) => {
      const { queue, consumer } = consumerOf(props, functionProps);

      const consume = () => consumer.consume(queue, options);

      if (error === undefined) expect(consume).not.toThrow();
      else expect(consume).toThrow(error);
    },
  );
});

describe("the alarms of a consumer", () => {
  const alarmsOf = (props: Partial<ConsumerAlarmsProps> = {}) => {
    const { stack, queue, consumer } = consumerOf({ queueName: "payments" });
    const alarms = consumerAlarms(stack, { queue, consumer, ...props });
    return { stack, queue, alarms, template: Template.fromStack(stack) };
  };

  test("watch its queues and its function", () => {
    const { alarms, template } = alarmsOf();

    expect(alarms.map(({ node }) => node.id).sort()).toEqual([
      ...["payments-dead-lettered", "payments-function-errors", "payments-message-age"],
      ...["payments-queue-length", "payments-throttles", "payments-undelivered"],
    ]);
    template.resourceCountIs("AWS::CloudWatch::Alarm", alarms.length);
  });

  test.each(["deadLetters", "undelivered"] as const)(
    "go off while there is a message in %s, which no function receives",
    (role) => {
      const { stack, queue, template } = alarmsOf();

      template.hasResourceProperties("AWS::CloudWatch::Alarm", {
        MetricName: "ApproximateNumberOfMessagesVisible",
        Dimensions: [{ Name: "QueueName", Value: stack.resolve(queue[role].queueName) }],
        Statistic: "Maximum",
        Threshold: 0,
        ComparisonOperator: "GreaterThanThreshold",
        EvaluationPeriods: 1,
        TreatMissingData: "notBreaching",
      });
    },
  );

  test.each([
    ["queue-length", { above: 5 }, 5, /: More than 5 messages wait in a consumer's queue\./],
    ["message-age", { above: 600 }, 600, /for more than 10 minutes\./],
    ["message-age", { above: 90 }, 90, /for more than 90 seconds\./],
    ["throttles", { above: 3 }, 3, /\. The threshold of this alarm is 3\.$/],
    ["throttles", { above: 3, means: "Ask the team." }, 3, /^payments: Ask the team\.$/],
    ["throttles", { periods: 2 }, 0, /which function uses the concurrency\.$/],
  ] as const)("of %s with %o describe that threshold", (kind, changes, above, text) => {
    const { template } = alarmsOf({ thresholds: { [kind]: changes } });

    const properties = Object.values(template.findResources("AWS::CloudWatch::Alarm"))
      .map(({ Properties }) => Properties)
      .find(({ AlarmDescription }) => text.test(AlarmDescription));

    expect(properties?.Threshold).toBe(above);
  });

  test("run their action when they go off and when they end", () => {
    const { stack, queue, consumer } = consumerOf();
    const topic = new Topic(stack, "Alarms");

    consumerAlarms(stack, { queue, consumer, action: new SnsAction(topic) });

    const arn = stack.resolve(topic.topicArn);
    Template.fromStack(stack).allResourcesProperties("AWS::CloudWatch::Alarm", {
      AlarmActions: [arn],
      OKActions: [arn],
    });
  });
});
