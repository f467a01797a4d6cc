import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../services/free-port.ts";
import { lastingProcess } from "../../services/lasting-process.ts";
import { awaitLeaders, requireBroker } from "./create-topics.ts";
import { startBroker } from "./kafka-broker.ts";
import { kafkaJars } from "./kafka-jars.ts";
import { findJava } from "./kafka-java.ts";

export interface KafkaOptions {
  /** Topics are kept in `<dataDir>/kafka`; without it, in a folder that is removed with the broker. */
  readonly dataDir?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (text: string) => void;
  readonly onLine?: (text: string) => void;
  /** Called when the broker exits unexpectedly, before its restart. */
  readonly onEnd?: (how: string) => void;
}

export interface Kafka {
  /** Comma-separated `host:port`; unchanged by restarts. */
  readonly brokers: string;
  /** False for the broker of KAFKA_BROKERS, which the emulator does not kill. */
  readonly isOurs: boolean;
  /** `kill -9`. The broker stays down until `restart`. */
  kill(): Promise<void>;
  /** Starts the broker on its data and ports, after stopping a running one. Resolves once it leads its partitions. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const CACHE = fileURLToPath(new URL("../../../../.cache/kafka", import.meta.url));

/**
 * A local Kafka without authentication: the broker of KAFKA_BROKERS, else Apache Kafka in KRaft mode, from jars of
 * Maven Central and the installed Java. Rejects with NoKafkaError, whose message has what to install or which container
 * to run, and with UnreachableKafkaError where the broker of KAFKA_BROKERS does not answer.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const { environment = process.env, onProgress = () => {} } = options;
  const named = environment["KAFKA_BROKERS"];
  if (named !== undefined && named !== "") {
    onProgress(`Connecting to the broker ${named} …`);
    await requireBroker(named);
    return namedKafka(named);
  }
  const java = await findJava(environment);
  const jars = await kafkaJars({ cacheDir: CACHE, onProgress });
  const scratch = options.dataDir === undefined ? await temporaryFolder() : undefined;
  const directory = scratch ?? join(options.dataDir ?? "", "kafka");
  const [port, controllerPort] = [await freePort(), await freePort()];
  const { onLine, onEnd = () => {} } = options;
  const start = () =>
    startBroker({ java, jars, directory, port, controllerPort, ...(onLine === undefined ? {} : { onLine }) });

  onProgress("Starting Apache Kafka …");
  const brokers = `127.0.0.1:${port}`;
  const { kill, restart, close } = await lastingProcess({
    start,
    onEnd,
    ...(scratch === undefined ? {} : { scratch }),
  });
  return {
    brokers,
    isOurs: true,
    kill,
    async restart() {
      await restart();
      await awaitLeaders(brokers);
    },
    close,
  };
}

const temporaryFolder = () => mkdtemp(join(tmpdir(), "order-events-kafka-"));

function namedKafka(brokers: string): Kafka {
  const refuse = async () => {
    throw new Error(
      `The broker ${brokers} comes from KAFKA_BROKERS; the emulator does not stop or start it.`,
    );
  };
  return { brokers, isOurs: false, kill: refuse, restart: refuse, close: async () => {} };
}
