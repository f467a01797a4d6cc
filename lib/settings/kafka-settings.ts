import { KAFKA } from "../../functions/contract/broker-names.ts";
import type { BackboneSettings } from "./backbone-settings.ts";
import { type Rule, SECURITY_GROUP_RULE, SettingError, SUBNETS_RULE } from "./read-setting.ts";

/** Settings of the second backbone; without effect unless `backbones` has `kafka`. */
export interface KafkaSettings {
  /** An existing provisioned cluster with IAM authentication, for one stage or several. Empty: the stack makes one. */
  readonly kafkaClusterArn: string;
  /** Of the existing cluster: subnets of the function that writes. They need a way to DynamoDB. */
  readonly kafkaSubnets: readonly string[];
  /**
   * Of the existing cluster, for the function that writes: it reaches the brokers at port 9098. Pollers have the groups of
   * the cluster itself, which admit their own members at that port.
   */
  readonly kafkaSecurityGroup: string;
  /**
   * One broker a zone. Chosen once: another number takes other subnets, so a new cluster, whose name the old one still
   * has. With two, the topic accepts writes while one copy is available; with three, while two are.
   */
  readonly brokerCount: number;
  /** Names of the zones that brokers are in, chosen once. Empty: the region's first; one of those may take no brokers. */
  readonly kafkaZones: readonly string[];
  readonly brokerInstance: BrokerInstance;
  readonly brokerVolumeGb: number;
  readonly kafkaPartitions: number;
  readonly kafkaRetentionHours: number;
  /** Maximum of records in one invocation of the Kafka consumer. */
  readonly kafkaBatchSize: number;
  /**
   * How often a batch is retried before its records go to the dead-letter topic. Retries must outlast an outage, and
   * Lambda does not document the pause between two.
   */
  readonly kafkaRetries: number;
  /** Age of a record above which a failed attempt stores its error, because it may be the last attempt. */
  readonly kafkaMayBeLastAfterSeconds: number;
  /** Maximum of pollers of the topic; each reads one partition at least. */
  readonly kafkaPollers: number;
}

/** Brokers of which the stack may make a cluster: an instance type and its volume of its own. */
export const BROKER_INSTANCES = ["kafka.t3.small", "kafka.m7g.large", "kafka.m7g.xlarge"] as const;
export type BrokerInstance = (typeof BROKER_INSTANCES)[number];

export const KAFKA_RULES: { readonly [K in keyof KafkaSettings]: Rule } = {
  kafkaClusterArn: {
    kind: "text",
    // The last part of a serverless cluster's ARN ends in s1, s2 and so on: it has neither topics by API nor IAM for pollers like these.
    pattern: /^$|^arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster\/[A-Za-z0-9-]{1,64}\/[0-9a-f-]{36}-\d+$/,
    expected: "the ARN of a provisioned MSK cluster (a serverless one has no topics by API), or nothing",
  },
  kafkaSubnets: SUBNETS_RULE,
  kafkaSecurityGroup: SECURITY_GROUP_RULE,
  brokerCount: { kind: "integer", minimum: 2, maximum: 3 },
  kafkaZones: {
    kind: "texts",
    pattern: /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/,
    expected: "zone names (us-east-1a), or nothing",
  },
  brokerInstance: { kind: "word", choices: BROKER_INSTANCES },
  brokerVolumeGb: { kind: "integer", minimum: 1, maximum: 16_384 },
  kafkaPartitions: { kind: "integer", minimum: KAFKA.minimumPartitions, maximum: 100 },
  kafkaRetentionHours: { kind: "integer", minimum: 1, maximum: 8_760 },
  kafkaBatchSize: { kind: "integer", minimum: 1, maximum: 1_000 },
  kafkaRetries: { kind: "integer", minimum: 1, maximum: 10_000 },
  // Below the hour that a record is kept at least.
  kafkaMayBeLastAfterSeconds: { kind: "integer", minimum: 0, maximum: 3_000 },
  kafkaPollers: { kind: "integer", minimum: 1, maximum: 3 },
};

export const KAFKA_DEFAULTS: KafkaSettings = {
  kafkaClusterArn: "",
  kafkaSubnets: [],
  kafkaSecurityGroup: "",
  brokerCount: 3,
  kafkaZones: [],
  brokerInstance: "kafka.t3.small",
  brokerVolumeGb: 10,
  kafkaPartitions: KAFKA.minimumPartitions,
  kafkaRetentionHours: 168,
  kafkaBatchSize: 100,
  kafkaRetries: 10_000,
  kafkaMayBeLastAfterSeconds: 60,
  kafkaPollers: 3,
};

/** A mapping that reads Kafka supports functions of 14 minutes: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
const LONGEST_FUNCTION_SECONDS = 840;
/** The longest pause between two tries of a record on the local emulator. AWS does not document its own. */
const LONGEST_PAUSE_SECONDS = 10;
const OF_A_CLUSTER = ["kafkaClusterArn", "kafkaSubnets", "kafkaSecurityGroup"] as const;

export interface BesideKafka extends Pick<BackboneSettings, "backbones"> {
  readonly consumerTimeoutSeconds: number;
  readonly region: string;
}

/** Throws `SettingError` for valid values that contradict each other. */
export function refuseKafkaContradictions(settings: KafkaSettings & BesideKafka): void {
  if (!settings.backbones.includes("kafka")) return;
  const given = OF_A_CLUSTER.filter((name) => settings[name].length > 0);
  if (given.length > 0 && given.length < OF_A_CLUSTER.length) {
    const missing = OF_A_CLUSTER.filter((name) => !given.includes(name));
    throw new SettingError(
      `An existing cluster is described by ${OF_A_CLUSTER.join(", ")} together; received ${given.join(", ")} without ${missing.join(", ")}.`,
    );
  }
  refuseZones(settings);
  if (settings.kafkaPollers > settings.kafkaPartitions)
    throw new SettingError(
      `Setting "kafkaPollers" takes a whole number, minimum 1, maximum ${settings.kafkaPartitions} here (a partition has one reader); received ${settings.kafkaPollers}.`,
    );
  const fewestRetries = Math.ceil(settings.kafkaMayBeLastAfterSeconds / LONGEST_PAUSE_SECONDS);
  if (settings.kafkaRetries < fewestRetries)
    throw new SettingError(
      `Setting "kafkaRetries" takes at least ${fewestRetries} here: fewer are used up before a record is as old as kafkaMayBeLastAfterSeconds (${settings.kafkaMayBeLastAfterSeconds}), so no attempt leaves its error; received ${settings.kafkaRetries}.`,
    );
  if (settings.consumerTimeoutSeconds > LONGEST_FUNCTION_SECONDS)
    throw new SettingError(
      `Setting "consumerTimeoutSeconds" takes a whole number, minimum 3, maximum ${LONGEST_FUNCTION_SECONDS} with Kafka; received ${settings.consumerTimeoutSeconds}.`,
    );
}

function refuseZones({ kafkaZones, brokerCount, region }: KafkaSettings & BesideKafka): void {
  if (kafkaZones.length === 0) return;
  const areOfRegion = region === "" || kafkaZones.every((zone) => zone.slice(0, -1) === region);
  if (areOfRegion && kafkaZones.length === brokerCount && new Set(kafkaZones).size === brokerCount) return;
  const where = region === "" ? "" : ` of ${region}`;
  throw new SettingError(
    `Setting "kafkaZones" takes ${brokerCount} different zones${where}, one a broker (brokerCount), or nothing; received ${kafkaZones.join(", ")}.`,
  );
}
