import { ENV } from "../../../functions/contract/names.ts";
import type { QueueState } from "../../operator/observe/view-types.ts";
import { applyTopology } from "../../rabbitmq-topology/apply-topology.ts";
import { type ListedQueue, managementApi } from "../../rabbitmq-topology/management-api.ts";
import type { EmulatorModel } from "../assembly/model.ts";
import type { SwitchableMappings } from "../event-sources/switchable-mappings.ts";
import type { Faults } from "../faults/fault-switches.ts";
import { followBroker } from "../faults/follow-broker.ts";
import type { MetricStore } from "../metrics/metric-store.ts";
import type { FunctionHost, LogLine, RunningMapping } from "../types.ts";
import { UnreachableRabbitError } from "./broker/no-rabbitmq.ts";
import { managementOptions, type RabbitServer, startRabbit } from "./broker/start-rabbitmq.ts";
import { startRabbitMapping } from "./event-source/rabbitmq-event-source.ts";
import { followTopology, limitedQueues } from "./topology-faults.ts";

/** RabbitMQ on the emulator. Loaded only with --rabbitmq. */
export interface EmulatorRabbit {
  readonly broker: RabbitServer;
  /** Environment variables of the functions. */
  readonly variables: Readonly<Record<string, string>>;
  /** The queues in the broker as they were a moment ago. */
  queues(): readonly QueueState[];
  /** Applies the topology of the templates, then starts their event source mappings. Stopping leaves the mappings. */
  start(options: EmulatorRabbitOptions): Promise<RunningMapping>;
  close(): Promise<void>;
}

export interface EmulatorRabbitOptions {
  readonly model: EmulatorModel;
  readonly host: FunctionHost;
  /** While `rabbitmq` is broken, the broker is down. */
  readonly faults: Faults;
  readonly metrics: MetricStore;
  readonly mappings: Pick<SwitchableMappings, "add">;
  readonly onLine: (line: LogLine) => void;
}

const SAMPLE_MS = 1_000;

/** Rejects with NoRabbitError or UnreachableRabbitError. */
export async function openRabbit(options: {
  readonly dataDir?: string;
  readonly log: (text: string) => void;
  readonly onProgress: (text: string) => void;
}): Promise<EmulatorRabbit> {
  const { log, ...rest } = options;
  const broker = await startRabbit({
    ...rest,
    onEnd: (how) => log(`the broker exited (${how}) and is restarted`),
    onBack: () => log("the broker is up again"),
  });
  const access = managementOptions(broker);
  const management = managementApi(access);
  let listed: readonly ListedQueue[] = [];
  let states: readonly QueueState[] = [];
  return {
    broker,
    // The broker on loopback has its login in its URL.
    variables: { [ENV.rabbitmqSecret]: "" },
    queues: () => states,
    async start({ model, host, metrics, faults, mappings, onLine }) {
      for (const topology of model.rabbitTopologies)
        await applyTopology(management, topology).catch((cause: unknown) => {
          throw new UnreachableRabbitError(
            `The topology cannot be applied to the broker at ${access.url}. ${String((cause as Error).message)}`,
            { cause },
          );
        });
      const following = [
        followBroker(faults, "rabbitmq", broker, log),
        ...followTopology({ faults, management, topologies: model.rabbitTopologies, log }),
      ];
      const isLimited = limitedQueues(model.rabbitTopologies);
      const onReading = outageLines(log);
      for (const spec of model.rabbitMappings)
        mappings.add(spec, () =>
          startRabbitMapping({
            spec,
            host,
            onLine,
            onReading,
            isPaused: () => isLimited.has(spec.queue) && faults.isOn("rabbitmq-full"),
            url: broker.url,
            vhost: access.vhost,
          }),
        );
      const names = model.rabbitMappings.map(({ brokerArn }) => brokerArn.split(":")[6] ?? "");
      const sample = async () => {
        // While the broker is down the last figures stay.
        listed = await management.queues().catch(() => listed);
        states = queueStates(model, listed);
        const messages = listed.reduce((sum, queue) => sum + (queue.messages ?? 0), 0);
        for (const Broker of new Set(names))
          metrics.record(
            { namespace: "AWS/AmazonMQ", name: "MessageCount", dimensions: { Broker } },
            messages,
          );
      };
      let sampling = Promise.resolve();
      const timer = setInterval(() => {
        sampling = sampling.then(sample);
      }, SAMPLE_MS);
      return {
        async stop() {
          clearInterval(timer);
          for (const each of following) each.stop();
        },
      };
    },
    close: () => broker.close(),
  };
}

/** One line when queues can no longer be read, and one when all of them are read again. */
function outageLines(log: (text: string) => void): (queue: string, failure: string | undefined) => void {
  const unread = new Set<string>();
  return (queue, failure) => {
    if (failure !== undefined) {
      if (unread.size === 0) log(`the event source mappings cannot read their queues: ${failure}`);
      unread.add(queue);
    } else if (unread.delete(queue) && unread.size === 0) {
      log("the event source mappings read their queues again");
    }
  };
}

/** A row for each function: the queues that it reads, and those whose messages return to them after a delay. */
function queueStates(
  { rabbitMappings, rabbitTopologies }: EmulatorModel,
  listed: readonly ListedQueue[],
): readonly QueueState[] {
  const returning = new Map(
    rabbitTopologies.flatMap(({ policies }) =>
      policies.map(({ queue, definition }) => [queue, definition["dead-letter-routing-key"]]),
    ),
  );
  return [...Map.groupBy(rabbitMappings, ({ functionName }) => functionName)].map(([consumer, specs]) => {
    const read = new Set<unknown>(specs.map(({ queue }) => queue));
    const own = listed.filter(({ name }) => read.has(name) || read.has(returning.get(name)));
    const sum = (of: "messages_ready" | "messages_unacknowledged") =>
      own.reduce((total, queue) => total + (queue[of] ?? 0), 0);
    return {
      consumer,
      waiting: sum("messages_ready"),
      inFlight: sum("messages_unacknowledged"),
      deadLetters: 0,
      undelivered: 0,
    };
  });
}
