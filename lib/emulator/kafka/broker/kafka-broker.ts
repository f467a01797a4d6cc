import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { ProcessLife } from "../../services/lasting-process.ts";
import { spawnTied } from "../../services/tied-process.ts";

export interface BrokerOptions {
  readonly java: string;
  readonly jars: readonly string[];
  /** The folder of the settings and the topics' logs. */
  readonly directory: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Warnings and errors of the broker. */
  readonly onLine?: (text: string) => void;
}

/** One run of a broker process. */
export interface Broker {
  /** Resolves with the exit code or signal. */
  readonly ended: Promise<string>;
  /** Stops it with SIGTERM and waits for its end. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

const STARTUP_MS = 60_000;
/** A broker that is still ending locks the folder for a moment. */
const LOCKED = /Failed to acquire lock/;
const LOCKED_TRIES = 20;
const LOCKED_WAIT_MS = 500;
/** The cluster has a fixed id: the folder identifies it. */
const CLUSTER_ID = "b3JkZXItZXZlbnRzLTAwMQ";

/** Small and quick to start. */
const JVM = [
  "-Xmx384m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
  "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
];

/** Formats a new folder, starts the broker, and resolves once it serves. */
export async function startBroker(options: BrokerOptions): Promise<ProcessLife> {
  const settings = await writeSettings(options);
  for (let tries = 1; ; tries++) {
    const { broker, ready, lines } = run(options, settings);
    if (await ready) return broker;
    const why = `Apache Kafka did not start (${await broker.ended}): ${lines.join("\n") || "no output"}`;
    if (!LOCKED.test(why) || tries === LOCKED_TRIES) throw new Error(why);
    await new Promise((resolve) => setTimeout(resolve, LOCKED_WAIT_MS));
  }
}

function run({ java, jars, onLine = () => {} }: BrokerOptions, settings: string) {
  const child = spawnTied(java, [...JVM, "-cp", jars.join(delimiter), "kafka.Kafka", settings]);
  const lines: string[] = [];
  const { promise: ready, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => process.kill(-pidOf(child), "SIGKILL"), STARTUP_MS);
  const ended = once(child, "close").then(([code, signal]) => {
    clearTimeout(timer);
    resolve(false);
    return String(signal ?? `exit code ${code}`);
  });
  if (child.stderr === null) throw new Error("the broker has no output to read");
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (/Kafka Server started/.test(line)) {
      clearTimeout(timer);
      resolve(true);
    } else if (/ (WARN|ERROR|FATAL) |Exception/.test(line)) {
      lines.push(line);
      if (lines.length > 10) lines.shift();
      onLine(line);
    }
  });
  const broker: ProcessLife = {
    ended,
    async stop() {
      child.stdin?.destroy();
      await ended;
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pidOf(child), "SIGKILL");
      await ended;
    },
  };
  return { broker, ready, lines };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("the broker's process has no id");
  return child.pid;
}

async function writeSettings({ java, jars, directory, port, controllerPort }: BrokerOptions) {
  const logs = join(directory, "log");
  const file = join(directory, "server.properties");
  await mkdir(directory, { recursive: true });
  const properties = {
    "process.roles": "broker,controller",
    "node.id": 1,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "controller.quorum.bootstrap.servers": `127.0.0.1:${controllerPort}`,
    "log.dirs": logs,
    // The templates create topics; a misspelled name must not create another.
    "auto.create.topics.enable": false,
    "group.initial.rebalance.delay.ms": 0,
    // After `kill -9` the controller accepts the broker only once its old session has ended: after 9 s by default.
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 500,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
  };
  await writeFile(
    file,
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
  );
  if (!existsSync(join(logs, "meta.properties"))) {
    const format = ["kafka.tools.StorageTool", "format", "--standalone", "-t", CLUSTER_ID, "-c", file];
    await promisify(execFile)(java, [...JVM, "-cp", jars.join(delimiter), ...format]);
  }
  return file;
}
