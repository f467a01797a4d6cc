import { App, type AppProps } from "aws-cdk-lib";
import { readSettings, type Settings } from "../config.ts";
import { BROKER_BUNDLES, type BrokerBundles, type Bundles } from "../constructs/bundle.ts";
import { physicalName } from "../constructs/resource-names.ts";
import { DataStack } from "./data-stack.ts";
import { KafkaStack } from "./kafka-stack.ts";
import { MessagingStack } from "./messaging-stack.ts";
import { MonitoringStack } from "./monitoring-stack.ts";
import { RabbitStack } from "./rabbitmq-stack.ts";
import { ServiceStack } from "./service-stack.ts";

/** Feature flags of the CDK. They are here, not in cdk.json, so that every way to synthesize agrees. */
const FLAGS = {
  // Weak references need an intrinsic function that emulators of CloudFormation lack.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  "@aws-cdk/core:checkSecretUsage": true,
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName": true,
};

export interface OrderEvents {
  readonly app: App;
  readonly settings: Settings;
  readonly data: DataStack;
  readonly messaging: MessagingStack;
  readonly service: ServiceStack;
  readonly monitoring: MonitoringStack;
  /** Where `backbones` has them. */
  readonly kafka?: KafkaStack;
  readonly rabbitmq?: RabbitStack;
}

/** An app that reads its context from the toolkit, with the flags of this project. */
export function newApp(props: AppProps = {}): App {
  return new App({ analyticsReporting: false, ...props, context: { ...FLAGS, ...props.context } });
}

/** The stacks of one deployment: four, and one of each broker. Throws `SettingError` for context that is not a setting. */
export function addOrderEvents(app: App, bundles: Bundles): OrderEvents {
  const settings = readSettings(app.node.getAllContext());
  const { account, region } = settings;
  const env = { ...(account !== "" && { account }), ...(region !== "" && { region }) };
  const common = { settings, env, tags: { service: physicalName(settings) } };
  const data = new DataStack(app, physicalName(settings, "data"), common);
  const messaging = new MessagingStack(app, physicalName(settings, "messaging"), common);
  const service = new ServiceStack(app, physicalName(settings, "service"), {
    ...common,
    data,
    messaging,
    bundles,
  });
  const monitoring = new MonitoringStack(app, physicalName(settings, "monitoring"), common);
  const four = { app, settings, data, messaging, service, monitoring };
  const kafka = !settings.backbones.includes("kafka")
    ? undefined
    : new KafkaStack(app, physicalName(settings, "kafka"), {
        ...common,
        data,
        bundles: brokerBundles("kafka", bundles),
      });
  const rabbitmq = !settings.backbones.includes("rabbitmq")
    ? undefined
    : new RabbitStack(app, physicalName(settings, "rabbitmq"), {
        ...common,
        data,
        topic: messaging.topic,
        bundles: brokerBundles("rabbitmq", bundles),
      });
  // It names the brokers' queues instead of importing them, so the order of deployment is set here.
  for (const broker of [kafka, rabbitmq])
    if (broker) service.addStackDependency(broker, "sends to its queue, and drains its dead-letter queue");
  return { ...four, ...(kafka && { kafka }), ...(rabbitmq && { rabbitmq }) };
}

function brokerBundles<B extends keyof typeof BROKER_BUNDLES>(broker: B, bundles: Bundles): BrokerBundles<B> {
  const missing = BROKER_BUNDLES[broker].filter((name) => bundles[name] === undefined);
  if (missing.length > 0)
    throw new Error(`Bundles of ${missing.join(", ")} are missing: bundle with the backbone ${broker}.`);
  return bundles as BrokerBundles<B>;
}
