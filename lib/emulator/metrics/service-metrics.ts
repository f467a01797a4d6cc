import type { FunctionSpec } from "../assembly/model.ts";
import type { Messaging } from "../services/start-messaging.ts";
import type { FunctionHost, InvokeResult } from "../types.ts";
import type { MetricStore } from "./metric-store.ts";

/** The metrics of AWS itself that alarms of the templates watch. */

export interface QueueDepth {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Seconds since the oldest message was sent; 0 for an empty queue. */
  readonly oldestSeconds: number;
}

export const queueDepths = ({ queues }: Messaging, now: number): QueueDepth[] =>
  [...queues.allQueues()].map((queue) => {
    const waiting = [...queue.messages, ...queue.delayedMessages];
    const inFlight = [...queue.inflightMessages.values()].map(({ message }) => message);
    const oldest = Math.min(now, ...[...waiting, ...inFlight].map(({ sentTimestamp }) => sentTimestamp));
    return {
      name: queue.name,
      visible: queue.messages.length,
      inFlight: inFlight.length,
      delayed: queue.delayedMessages.length,
      oldestSeconds: Math.round((now - oldest) / 1000),
    };
  });

export function recordQueues(metrics: MetricStore, depths: readonly QueueDepth[]): void {
  for (const { name, visible, inFlight, delayed, oldestSeconds } of depths) {
    const record = (metric: string, value: number) =>
      metrics.record({ namespace: "AWS/SQS", name: metric, dimensions: { QueueName: name } }, value);
    record("ApproximateNumberOfMessagesVisible", visible);
    record("ApproximateNumberOfMessagesNotVisible", inFlight);
    record("ApproximateNumberOfMessagesDelayed", delayed);
    record("ApproximateAgeOfOldestMessage", oldestSeconds);
  }
}

/** Counts the receives of each queue, for the alarm on dead-letter queues. */
export function countReceives({ queues }: Messaging, metrics: MetricStore): void {
  for (const queue of queues.allQueues()) {
    const dequeue = queue.dequeue.bind(queue);
    queue.dequeue = (...args) => {
      const received = dequeue(...args);
      if (received.length > 0) {
        metrics.record(
          { namespace: "AWS/SQS", name: "NumberOfMessagesReceived", dimensions: { QueueName: queue.name } },
          received.length,
        );
      }
      return received;
    };
  }
}

const ERROR_KINDS: ReadonlySet<InvokeResult["kind"]> = new Set(["error", "timeout", "crashed"]);

/** The host, which also records Lambda's metrics of each invocation. */
export function measured<Host extends FunctionHost>(
  host: Host,
  functions: readonly FunctionSpec[],
  metrics: MetricStore,
): Host {
  const physical = new Map(functions.map(({ name, physicalName }) => [name, physicalName]));
  const record = (name: string, metric: string, value: number) => {
    const dimensions = { FunctionName: physical.get(name) ?? name };
    metrics.record({ namespace: "AWS/Lambda", name: metric, dimensions }, value);
  };
  return {
    ...host,
    async invoke(name, event) {
      const started = performance.now();
      const result = await host.invoke(name, event);
      if (result.kind === "throttled") {
        record(name, "Throttles", 1);
        return result;
      }
      record(name, "Invocations", 1);
      record(name, "Duration", performance.now() - started);
      record(name, "Errors", ERROR_KINDS.has(result.kind) ? 1 : 0);
      const ageMs = iteratorAgeMs(event);
      if (ageMs !== undefined) record(name, "IteratorAge", ageMs);
      return result;
    },
  };
}

/** Age of the last record of a stream batch, which Lambda reports at each poll. */
function iteratorAgeMs(event: unknown): number | undefined {
  const records = (
    event as { Records?: readonly { dynamodb?: { ApproximateCreationDateTime?: number } }[] } | null
  )?.Records;
  const seconds = Array.isArray(records) ? records.at(-1)?.dynamodb?.ApproximateCreationDateTime : undefined;
  return typeof seconds === "number" ? Math.max(0, Date.now() - seconds * 1000) : undefined;
}
