import type { ConsumerName } from "../../functions/consumers/consumers.ts";
import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { startEmulator } from "../../lib/emulator/start-emulator.ts";
import { attach } from "../e2e/attach.ts";
import { type Client, client } from "../e2e/client.ts";
import { ROOT } from "../e2e/emulator-target.ts";
import type { EmulatorPowers, Target } from "../e2e/target.ts";
import type { TestBroker } from "../fixtures/kafka-broker.ts";

/** As the setting `processing` takes it. */
export type Processing = "queues" | "queues,kafka" | "kafka";

/** An emulator with Kafka in this process. */
export interface KafkaTestEmulator {
  readonly target: Target & { readonly emulator: EmulatorPowers };
  readonly api: Client;
  /** Runs maintenance now. */
  minute(): Promise<void>;
  /** The outcomes of a consumer for records of a type as text: `2 done, 1 duplicate`. */
  outcomes(consumer: ConsumerName, type: "order.created" | "order.cancelled" | "unknown"): Promise<Outcomes>;
  close(): Promise<void>;
}

export interface Outcomes {
  readonly consumed: number;
  readonly duplicate: number;
  readonly ignored: number;
  readonly parked: number;
}

/** Time-out of the start, which bundles the functions the first time. */
export const OPENS_MS = 180_000;

/** Few retries, because a test cannot wait for those of a deployment. */
const SOON_GIVEN_UP = { kafkaRetries: "3", kafkaMayBeLastAfterSeconds: "30" };

/** Opens an emulator on the broker of a test, which can kill and read it. */
export async function openKafkaEmulator(
  broker: TestBroker,
  processing: Processing,
  options: { readonly dataDir?: string; readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<KafkaTestEmulator> {
  process.env["KAFKA_BROKERS"] = broker.kafka.brokers;
  const { settings = SOON_GIVEN_UP, ...rest } = options;
  const assembly = async () =>
    (await synthesize(ROOT, { backbones: "queues,kafka", processing, ...settings })).directory;
  const emulator = await startEmulator({ app: orderEventsApp, port: 0, assembly, kafka: true, ...rest });
  const target = await attach(emulator.url);
  return {
    target,
    api: client(target),
    async minute() {
      const result = await emulator.host.invoke("maintenance", {});
      if (result.kind !== "ok") throw new Error(`maintenance: ${JSON.stringify(result)}`);
    },
    async outcomes(consumer, type) {
      const count = (outcome: string) => target.counted(outcome, consumer, type);
      return {
        consumed: await count("consumed"),
        duplicate: await count("duplicate"),
        ignored: await count("ignored"),
        parked: await count("parked"),
      };
    },
    async close() {
      await target.close();
      await emulator.close();
    },
  };
}
