import { type BrokerInstance, KAFKA_DEFAULTS, type KafkaSettings } from "./kafka-settings.ts";

/** List prices of us-east-1 in US dollars, November 2026: https://aws.amazon.com/msk/pricing/, https://aws.amazon.com/lambda/pricing/ */
export const KAFKA_PRICES = {
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

type Sized = Pick<
  KafkaSettings,
  "kafka" | "kafkaClusterArn" | "brokerCount" | "brokerInstance" | "brokerVolumeGb"
>;

/** The idle cost of the second backbone. An existing cluster is paid for by its owner. */
export function kafkaIdleCost(settings: Sized): readonly IdleCost[] {
  if (!settings.kafka) return [];
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

/** The idle cost as a sentence, printed before a deployment; empty without Kafka. */
export function describeIdleCost(settings: Sized): string {
  const lines = kafkaIdleCost(settings);
  if (lines.length === 0) return "";
  const sum = lines.reduce((total, { usd }) => total + usd, 0);
  const parts = lines.map(({ what, usd }) => `${what} $${usd.toFixed(0)}`).join(", ");
  return (
    `Kafka costs at least $${sum.toFixed(0)} a month without an order (${parts}; us-east-1). ` +
    `By default it is off (kafka=${KAFKA_DEFAULTS.kafka}).\n`
  );
}
