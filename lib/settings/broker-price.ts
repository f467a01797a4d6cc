import type { BackboneSettings } from "./backbone-settings.ts";
import type { BrokerInstance, KafkaSettings } from "./kafka-settings.ts";
import type { RabbitInstance, RabbitSettings } from "./rabbitmq-settings.ts";

/** List prices of us-east-1 in US dollars, November 2026: https://aws.amazon.com/msk/pricing/, https://aws.amazon.com/lambda/pricing/ */
const KAFKA_PRICES = {
  brokerHour: {
    "kafka.t3.small": 0.0456,
    "kafka.m7g.large": 0.204,
    "kafka.m7g.xlarge": 0.408,
  } satisfies Record<BrokerInstance, number>,
  volumeGbMonth: 0.1,
  pollerUnitHour: 0.185,
} as const;
const HOURS = 730;

/** One line of the monthly cost without orders. */
export interface IdleCost {
  readonly what: string;
  readonly usd: number;
}

type Sized = Pick<BackboneSettings, "backbones"> &
  Pick<KafkaSettings, "kafkaClusterArn" | "brokerCount" | "brokerInstance" | "brokerVolumeGb">;

/** The idle cost of the second backbone. An existing cluster is paid for by its owner. */
export function kafkaIdleCost(settings: Sized): readonly IdleCost[] {
  if (!settings.backbones.includes("kafka")) return [];
  const { brokerCount, brokerInstance, brokerVolumeGb } = settings;
  // The event source mappings share one group of pollers; a group has one unit at least.
  const pollers = { what: "1 event poller unit", usd: KAFKA_PRICES.pollerUnitHour * HOURS };
  if (settings.kafkaClusterArn !== "") return [pollers];
  return [
    {
      what: `${brokerCount} brokers ${brokerInstance}`,
      usd: brokerCount * KAFKA_PRICES.brokerHour[brokerInstance] * HOURS,
    },
    {
      what: `${brokerCount * brokerVolumeGb} GB of volumes`,
      usd: brokerCount * brokerVolumeGb * KAFKA_PRICES.volumeGbMonth,
    },
    pollers,
  ];
}

/**
 * Prices of Amazon MQ were not found on a page of AWS that names these instances: figures that public repositories report
 * for one region, November 2026, rounded up. Check https://aws.amazon.com/amazon-mq/pricing/.
 */
const RABBITMQ_PRICES = {
  brokerHour: {
    "mq.m7g.medium": 0.09,
    "mq.m7g.large": 0.18,
    "mq.m7g.xlarge": 0.36,
  } satisfies Record<RabbitInstance, number>,
  secretMonth: 0.4,
  endpointHour: 0.01,
} as const;
const CLUSTER_NODES = 3;
/** Administrator, publisher, consumer. */
const SECRETS = 3;
/** Lambda and Secrets Manager, in each zone. */
const ENDPOINTS = 2;

type RabbitSized = Pick<BackboneSettings, "backbones"> &
  Pick<RabbitSettings, "rabbitmqBrokerArn" | "rabbitmqCluster" | "rabbitmqInstance">;

/** The idle cost of the third backbone. An existing broker is paid for by its owner. */
export function rabbitIdleCost(settings: RabbitSized): readonly IdleCost[] {
  if (!settings.backbones.includes("rabbitmq") || settings.rabbitmqBrokerArn !== "") return [];
  const { rabbitmqCluster, rabbitmqInstance } = settings;
  const nodes = rabbitmqCluster ? CLUSTER_NODES : 1;
  const { brokerHour, secretMonth, endpointHour } = RABBITMQ_PRICES;
  return [
    { what: `${nodes} broker ${rabbitmqInstance}`, usd: nodes * brokerHour[rabbitmqInstance] * HOURS },
    { what: `${ENDPOINTS * nodes} network endpoints`, usd: ENDPOINTS * nodes * endpointHour * HOURS },
    { what: `${SECRETS} secrets`, usd: SECRETS * secretMonth },
  ];
}

/** The idle cost of each broker as a sentence, printed before a deployment; empty without brokers. */
export function describeIdleCost(settings: Sized & RabbitSized): string {
  return (
    describeOne("Kafka", kafkaIdleCost(settings)) +
    describeOne(
      "RabbitMQ",
      rabbitIdleCost(settings),
      "; the broker's price is an estimate, see lib/stacks/rabbitmq.md",
    )
  );
}

function describeOne(name: string, lines: readonly IdleCost[], note = ""): string {
  if (lines.length === 0) return "";
  const sum = lines.reduce((total, { usd }) => total + usd, 0);
  const parts = lines.map(({ what, usd }) => `${what} $${usd.toFixed(0)}`).join(", ");
  return (
    `${name} costs at least $${sum.toFixed(0)} a month without an order (${parts}; us-east-1${note}). ` +
    "By default it is off (backbones=queues).\n"
  );
}
