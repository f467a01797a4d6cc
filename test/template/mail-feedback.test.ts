import { describe, expect, test } from "vitest";
import { ENV } from "../../functions/contract/names.ts";
import { type Resource, shortName, statements, synthesized, target } from "./synthesized.ts";

const stacks = synthesized({ mailSender: "orders@shop.example" });
const inMessaging = (type: string): readonly Resource[] => stacks.resources("messaging", type);
const [configurationSet] = inMessaging("AWS::SES::ConfigurationSet");
const [destination] = inMessaging("AWS::SES::ConfigurationSetEventDestination");
const [topic] = inMessaging("AWS::SNS::Topic").filter(
  ({ properties }) => properties.TopicName === "order-events-dev-mail-feedback",
);

describe("the feedback of mails", () => {
  test("H6: bounces, complaints and rejections of the configuration set go to the topic", () => {
    const { EventDestination, ConfigurationSetName } = destination?.properties ?? {};

    expect(configurationSet?.properties.Name).toBe("order-events-dev-mails");
    expect(ConfigurationSetName).toEqual({ Ref: configurationSet?.id });
    expect(EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ["bounce", "complaint", "reject"],
      SnsDestination: { TopicARN: { Ref: topic?.id } },
    });
  });

  test("J2, H6: SES of this account publishes to the topic for this configuration set only, before it is tried", () => {
    const [policy] = inMessaging("AWS::SNS::TopicPolicy").filter(
      ({ properties }) => properties.Topics[0].Ref === topic?.id,
    );
    const allowed = statements(policy?.properties.PolicyDocument).filter(({ effect }) => effect === "Allow");

    expect(allowed).toHaveLength(1);
    expect(allowed[0]).toMatchObject({
      actions: ["sns:Publish"],
      Principal: { Service: "ses.amazonaws.com" },
      conditions: { StringEquals: { "AWS:SourceAccount": { Ref: "AWS::AccountId" } } },
    });
    expect(JSON.stringify(allowed[0]?.conditions)).toContain(":configuration-set/");
    expect(destination?.dependsOn).toContain(policy?.id);
  });

  test("B10: what SNS cannot deliver and what is received too often goes to one dead-letter queue", () => {
    const queues = inMessaging("AWS::SQS::Queue").filter(({ properties }) =>
      properties.QueueName.startsWith("order-events-dev-mail-feedback"),
    );
    const source = queues.find(({ properties }) => properties.RedrivePolicy !== undefined);
    const deadLetters = queues.find(({ properties }) => properties.RedrivePolicy === undefined);
    const [subscription] = inMessaging("AWS::SNS::Subscription").filter(
      ({ properties }) => properties.TopicArn.Ref === topic?.id,
    );

    expect(queues).toHaveLength(2);
    expect(subscription?.properties).toMatchObject({ RawMessageDelivery: true });
    expect(subscription?.properties.FilterPolicy).toBeUndefined();
    expect(target(subscription?.properties.Endpoint)).toContain(source?.id);
    expect(target(subscription?.properties.RedrivePolicy.deadLetterTargetArn)).toContain(deadLetters?.id);
    expect(target(source?.properties.RedrivePolicy.deadLetterTargetArn)).toContain(deadLetters?.id);
  });

  test("mails are sent with the configuration set", () => {
    const [sender] = stacks
      .resources("service", "AWS::Lambda::Function")
      .filter(({ properties }) => shortName(properties.FunctionName) === "notify-customer");

    expect(sender?.properties.Environment.Variables[ENV.mailConfigurationSet]).toBe(
      configurationSet?.properties.Name,
    );
  });

  test("without a sender SES has no resources, which some regions lack, and the queue stays", () => {
    const without = synthesized();
    const names = without
      .resources("messaging", "AWS::SQS::Queue")
      .map(({ properties }) => properties.QueueName);

    expect(without.resources("messaging").filter(({ type }) => type.startsWith("AWS::SES"))).toEqual([]);
    expect(names).toContain("order-events-dev-mail-feedback");
  });
});
