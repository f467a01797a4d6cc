import type { BackboneSettings } from "./backbone-settings.ts";
import type { RabbitTopologySettings } from "./rabbitmq-topology.ts";
import { type Rule, SECURITY_GROUP_RULE, SettingError, SUBNETS_RULE } from "./read-setting.ts";

/** Settings of the third backbone; without effect unless `backbones` has `rabbitmq`. */
export interface RabbitSettings extends RabbitTopologySettings {
  /** An existing broker of Amazon MQ for RabbitMQ, with users and passwords. Empty: the stack makes one. */
  readonly rabbitmqBrokerArn: string;
  /** Of the existing broker: the host of its endpoint, which listens to TLS at port 5671. */
  readonly rabbitmqHost: string;
  /** Of the existing broker: a secret with `username` and `password`, for publishing and consuming. */
  readonly rabbitmqSecretArn: string;
  /** Of the existing broker: subnets of the functions. They need a way to DynamoDB and to Secrets Manager. */
  readonly rabbitmqSubnets: readonly string[];
  /** Of the existing broker, for the functions: it reaches the broker at port 5671. */
  readonly rabbitmqSecurityGroup: string;
  /** The vhost of a stage. An existing broker that serves several stages has one for each. */
  readonly rabbitmqVhost: string;
  /** Three nodes in three zones instead of one. */
  readonly rabbitmqCluster: boolean;
  readonly rabbitmqInstance: RabbitInstance;
  /** Maximum of messages in one invocation of the RabbitMQ consumer. They are redelivered together after an error. */
  readonly rabbitmqBatchSize: number;
}

/** Amazon MQ makes RabbitMQ 4 on these only. */
export const RABBIT_INSTANCES = ["mq.m7g.medium", "mq.m7g.large", "mq.m7g.xlarge"] as const;
export type RabbitInstance = (typeof RABBIT_INSTANCES)[number];

/** A day: the longest wait of a message in a queue of the guide. */
const LONGEST_SECONDS = 86_400;

export const RABBIT_RULES: { readonly [K in keyof RabbitSettings]: Rule } = {
  rabbitmqBrokerArn: {
    kind: "text",
    pattern: /^$|^arn:aws[a-z-]*:mq:[a-z0-9-]+:\d{12}:broker:[A-Za-z0-9._-]{1,50}:b-[0-9a-f-]{36}$/,
    expected: "the ARN of a broker of Amazon MQ, or nothing",
  },
  rabbitmqHost: {
    kind: "text",
    pattern: /^$|^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    expected: "the host of an endpoint (b-….mq.us-east-1.on.aws), or nothing",
  },
  rabbitmqSecretArn: {
    kind: "text",
    pattern: /^$|^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,256}$/,
    expected: "the ARN of a secret, or nothing",
  },
  rabbitmqSubnets: SUBNETS_RULE,
  rabbitmqSecurityGroup: SECURITY_GROUP_RULE,
  rabbitmqVhost: {
    kind: "text",
    pattern: /^(\/|[A-Za-z0-9._-]{1,100})$/,
    expected: "/, or 1 to 100 letters, digits, dots, dashes and underscores",
  },
  rabbitmqCluster: { kind: "boolean" },
  rabbitmqInstance: { kind: "word", choices: RABBIT_INSTANCES },
  rabbitmqBatchSize: { kind: "integer", minimum: 1, maximum: 1_000 },
  rabbitmqMessageTtlSeconds: { kind: "integer", minimum: 1, maximum: LONGEST_SECONDS },
  rabbitmqQueueLength: { kind: "integer", minimum: 1, maximum: 1_000_000 },
  rabbitmqRetryDelaysSeconds: { kind: "integers", length: 3, minimum: 1, maximum: 900 },
};

export const RABBIT_DEFAULTS: RabbitSettings = {
  rabbitmqBrokerArn: "",
  rabbitmqHost: "",
  rabbitmqSecretArn: "",
  rabbitmqSubnets: [],
  rabbitmqSecurityGroup: "",
  rabbitmqVhost: "/",
  rabbitmqCluster: false,
  rabbitmqInstance: "mq.m7g.medium",
  rabbitmqBatchSize: 10,
  rabbitmqMessageTtlSeconds: 60,
  rabbitmqQueueLength: 10_000,
  rabbitmqRetryDelaysSeconds: [5, 30, 120],
};

/** A mapping that reads Amazon MQ supports functions of 14 minutes: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
const LONGEST_FUNCTION_SECONDS = 840;
const OF_A_BROKER = [
  "rabbitmqBrokerArn",
  "rabbitmqHost",
  "rabbitmqSecretArn",
  "rabbitmqSubnets",
  "rabbitmqSecurityGroup",
] as const;

export interface BesideRabbit extends Pick<BackboneSettings, "backbones"> {
  readonly consumerTimeoutSeconds: number;
}

/** Throws `SettingError` for valid values that contradict each other. */
export function refuseRabbitContradictions(settings: RabbitSettings & BesideRabbit): void {
  if (!settings.backbones.includes("rabbitmq")) return;
  const given = OF_A_BROKER.filter((name) => settings[name].length > 0);
  if (given.length > 0 && given.length < OF_A_BROKER.length) {
    const missing = OF_A_BROKER.filter((name) => !given.includes(name));
    throw new SettingError(
      `An existing broker is described by ${OF_A_BROKER.join(", ")} together; received ${given.join(", ")} without ${missing.join(", ")}.`,
    );
  }
  const delays = settings.rabbitmqRetryDelaysSeconds;
  if (new Set(delays).size < delays.length)
    throw new SettingError(
      `Setting "rabbitmqRetryDelaysSeconds" takes different delays, because each has a queue of its own; received ${delays.join(", ")}.`,
    );
  if (settings.consumerTimeoutSeconds > LONGEST_FUNCTION_SECONDS)
    throw new SettingError(
      `Setting "consumerTimeoutSeconds" takes a whole number, minimum 3, maximum ${LONGEST_FUNCTION_SECONDS} with RabbitMQ; received ${settings.consumerTimeoutSeconds}.`,
    );
}
