import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, spawnTied } from "../../services/tied-process.ts";
import { awaitLeaders, requireBroker } from "./create-topics.ts";
import { type Broker, startBroker } from "./kafka-broker.ts";
import { kafkaJars } from "./kafka-jars.ts";
import { findJava } from "./kafka-java.ts";

export interface KafkaOptions {
  /** Topics are kept in `<dataDir>/kafka`; in a folder that goes with the broker when absent. */
  readonly dataDir?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (text: string) => void;
  readonly onLine?: (text: string) => void;
  /** Called when the broker exited unexpectedly, before it is restarted. */
  readonly onEnd?: (how: string) => void;
}

export interface Kafka {
  /** Comma-separated `host:port`; the same over restarts. */
  readonly brokers: string;
  /** False for the broker of KAFKA_BROKERS, which the emulator does not kill. */
  readonly isOurs: boolean;
  /** `kill -9`, as a machine dies. It stays down until `restart`. */
  kill(): Promise<void>;
  /** Starts it again on its data and its ports, ending it before when it runs. Resolves when it leads its partitions. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const CACHE = fileURLToPath(new URL("../../../../.cache/kafka", import.meta.url));

/**
 * A Kafka without authentication on this machine: the one that KAFKA_BROKERS names, else Apache Kafka itself in
 * KRaft mode, from jars of Maven Central with the Java of this machine.
 * Rejects with NoKafkaError, whose message says what to install or which container to run, and with
 * UnreachableKafkaError where the named one does not answer.
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
  const temporary = options.dataDir === undefined;
  const directory = options.dataDir === undefined ? await temporaryFolder() : join(options.dataDir, "kafka");
  // Broker processes come and go on the folder, so it is this one that takes it away, also after `kill -9`.
  const keeper = temporary ? spawnTied("sleep", ["2000000000"], directory) : undefined;
  const [port, controllerPort] = [await freePort(), await freePort()];
  const { onLine, onEnd = () => {} } = options;
  const start = () =>
    startBroker({ java, jars, directory, port, controllerPort, ...(onLine === undefined ? {} : { onLine }) });

  onProgress("Starting Apache Kafka …");
  const brokers = `127.0.0.1:${port}`;
  let broker: Broker | undefined;
  const begin = async () => {
    const life = await start();
    broker = life;
    void life.ended.then((how) => {
      // One that was stopped, killed or replaced on purpose is not `broker` any more.
      if (broker !== life) return;
      broker = undefined;
      onEnd(how);
      begin().catch((error: unknown) => onEnd(String(error)));
    });
  };
  const end = async (how: "stop" | "kill") => {
    const running = broker;
    broker = undefined;
    await running?.[how]();
  };
  await begin();
  return {
    brokers,
    isOurs: true,
    kill: () => end("kill"),
    async restart() {
      await end("stop");
      await begin();
      await awaitLeaders(brokers);
    },
    async close() {
      // What goes with it needs no orderly end.
      await end(temporary ? "kill" : "stop");
      keeper?.stdin?.destroy();
      if (temporary) await rm(directory, { recursive: true, force: true });
    },
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
