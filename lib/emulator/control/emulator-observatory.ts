import { alarmView, urgentFirst } from "../../operator/observe/alarm-view.ts";
import type { LiveBuffer } from "../../operator/observe/live-buffer.ts";
import { type Observatory, refuseMinutes } from "../../operator/observe/observatory.ts";
import { sumOfKnown } from "../../operator/observe/own-series.ts";
import { withProbableCrashes } from "../../operator/observe/probable-crashes.ts";
import type {
  MetricSeries,
  MetricsAnswer,
  QueuePeek,
  QueueState,
} from "../../operator/observe/view-types.ts";
import type { AppViews } from "../app-declaration.ts";
import type { EmulatorModel, QueueSpec } from "../assembly/model.ts";
import type { InvocationLogs } from "../invocation-logs.ts";
import { type MetricStore, SLOT_MS, type Steps } from "../metrics/metric-store.ts";
import type { Monitor } from "../metrics/monitor.ts";
import type { FrameSource } from "../runtime/source-maps.ts";
import type { Clock } from "../types.ts";

export interface EmulatorView {
  readonly model: Pick<EmulatorModel, "apis" | "functions" | "queues" | "sqsMappings" | "subscriptions">;
  readonly monitor: Pick<Monitor, "metrics" | "alarms" | "depths">;
  /** Of the app alone. */
  readonly views?: AppViews | undefined;
  readonly clock: Clock;
  readonly live: Pick<LiveBuffer, "read" | "crashes">;
  readonly invocations: Pick<InvocationLogs, "read">;
  /** Shows frames of bundles as frames of their sources. */
  readonly frameSource?: FrameSource;
  /** The messages of a queue by its physical name. */
  readonly peek: (name: string) => QueuePeek | undefined;
  /** The queues in a broker, by consumer. */
  readonly brokerQueues?: () => readonly QueueState[];
}

const MOST_STEPS = 180;

/** Observes the local emulator in its own process. */
export function emulatorObservatory({
  model,
  monitor,
  views,
  clock,
  live,
  invocations,
  peek,
  frameSource = (_, frame) => frame,
  brokerQueues = () => [],
}: EmulatorView): Observatory {
  const queues = sourceQueues(model);
  return {
    async queues() {
      const depths = new Map(monitor.depths().map((depth) => [depth.name, depth]));
      const waitingIn = (queue: QueueSpec | undefined) => {
        const depth = depths.get(queue?.name ?? "");
        return depth === undefined ? 0 : depth.visible + depth.delayed + depth.inFlight;
      };
      const ofQueues = queues.flatMap(({ consumer, source, deadLetters, undelivered }): QueueState[] => {
        const depth = depths.get(source.name);
        if (depth === undefined) return [];
        const { visible, delayed, inFlight, oldestSeconds } = depth;
        return [
          {
            consumer,
            waiting: visible + delayed,
            inFlight,
            deadLetters: waitingIn(deadLetters),
            undelivered: waitingIn(undelivered),
            names: {
              source: source.shortName,
              ...(deadLetters === undefined ? {} : { deadLetters: deadLetters.shortName }),
              ...(undelivered === undefined ? {} : { undelivered: undelivered.shortName }),
            },
            ...(visible + delayed + inFlight === 0 ? {} : { oldestSeconds }),
          },
        ];
      });
      return [...ofQueues, ...brokerQueues()];
    },
    async metrics(minutes) {
      refuseMinutes(minutes);
      const steps = stepsOf(minutes, clock.now());
      return {
        stepSeconds: steps.stepMs / 1_000,
        at: Array.from({ length: steps.count }, (_, i) => steps.from + i * steps.stepMs),
        series: [
          ...(views?.series(steps) ?? functionSeries(model, monitor.metrics, steps)),
          ...apiSeries(model, monitor.metrics, steps),
        ],
      } satisfies MetricsAnswer;
    },
    async alarms() {
      return urgentFirst(monitor.alarms.states().map(alarmView));
    },
    async timeline(orderId) {
      const { entries } = views?.timeline(orderId) ?? { entries: [] };
      const crashes = async (...search: Parameters<LiveBuffer["crashes"]>) => live.crashes(...search);
      return { orderId, entries: await withProbableCrashes(entries, crashes, clock.now()) };
    },
    async live(filter, after) {
      const answer = live.read(filter, after);
      const entries = answer.entries.map((entry) => withSources(entry, entry.source, frameSource));
      return { ...answer, entries };
    },
    async peek(asked) {
      const ofConsumer = queues.find(({ consumer }) => consumer === asked)?.source.name;
      const name =
        ofConsumer ?? model.queues.find((each) => [each.shortName, each.name].includes(asked))?.name;
      const found = name === undefined ? undefined : peek(name);
      if (found !== undefined) return found;
      const known = model.queues.map(({ shortName }) => shortName).join(", ");
      throw new RangeError(`There is no queue ${asked}. Queues: ${known || "none"}.`);
    },
    async invocation({ requestId }) {
      const log = invocations.read(requestId);
      const lines = log.lines.map((line) => withSources(line, log.source ?? "", frameSource));
      return { ...log, lines };
    },
  };
}

function withSources<Shown extends { readonly stack?: readonly string[] }>(
  shown: Shown,
  source: string,
  frameSource: FrameSource,
): Shown {
  const { stack } = shown;
  return stack === undefined ? shown : { ...shown, stack: stack.map((frame) => frameSource(source, frame)) };
}

/**
 * The queues that messages are sent to, each with its dead-letter queue and that of its subscription. A queue is named
 * after the function that reads it.
 */
function sourceQueues({ queues, sqsMappings, subscriptions }: EmulatorView["model"]) {
  const queueOf = (arn: string | undefined) => queues.find((queue) => queue.arn === arn);
  const ofSubscription = (queue: QueueSpec) =>
    subscriptions.find(({ endpoint }) => endpoint === queue.arn)?.deadLetterArn;
  const failed = new Set(queues.flatMap((queue) => [queue.deadLetterArn, ofSubscription(queue)]));
  return queues
    .filter(({ arn }) => !failed.has(arn))
    .map((queue) => {
      const undelivered = ofSubscription(queue);
      return {
        consumer: sqsMappings.find(({ queueArn }) => queueArn === queue.arn)?.functionName ?? queue.shortName,
        source: queue,
        deadLetters: queueOf(queue.deadLetterArn),
        // One queue may serve as both; its messages count once.
        undelivered: undelivered === queue.deadLetterArn ? undefined : queueOf(undelivered),
      };
    });
}

/** Invocations and errors of each function, and the slowest duration of all. */
function functionSeries(
  { functions }: Pick<EmulatorModel, "functions">,
  metrics: MetricStore,
  steps: Steps,
): readonly MetricSeries[] {
  return functions.flatMap(({ name: consumer, physicalName: FunctionName }): MetricSeries[] => {
    const of = (name: string, statistic: "Sum" | { readonly share: number }) =>
      metrics.steps({ namespace: "AWS/Lambda", name, dimensions: { FunctionName } }, statistic, steps);
    return [
      { name: "invocations", consumer, values: of("Invocations", "Sum") },
      { name: "errors", consumer, values: of("Errors", "Sum") },
      { name: "durationP50", consumer, values: of("Duration", { share: 0.5 }) },
      { name: "durationP99", consumer, values: of("Duration", { share: 0.99 }) },
    ];
  });
}

/** Requests of all APIs, and those that were answered 5xx. */
function apiSeries(
  { apis }: Pick<EmulatorModel, "apis">,
  metrics: MetricStore,
  steps: Steps,
): readonly MetricSeries[] {
  if (apis.length === 0) return [];
  const sumOf = (ofRest: string, ofHttp: string) => {
    const each = apis.map(({ kind, id, name: ApiName, stageName: Stage }) =>
      kind === "rest"
        ? { namespace: "AWS/ApiGateway", name: ofRest, dimensions: { ApiName, Stage } }
        : { namespace: "AWS/ApiGateway", name: ofHttp, dimensions: { ApiId: id, Stage } },
    );
    const values = each.map((metric) => metrics.steps(metric, "Sum", steps));
    return Array.from({ length: steps.count }, (_, i) => sumOfKnown(values.map((of) => of[i])));
  };
  return [
    { name: "apiRequests", values: sumOf("Count", "Count") },
    { name: "apiErrors", values: sumOf("5XXError", "5xx") },
  ];
}

/** The fewest whole slots a step that make at most 180 steps. The last step is the current one. */
function stepsOf(minutes: number, now: number): Steps {
  const slots = Math.max(1, Math.ceil((minutes * 60_000) / MOST_STEPS / SLOT_MS));
  const stepMs = slots * SLOT_MS;
  const count = Math.ceil((minutes * 60_000) / stepMs);
  return { from: (Math.floor(now / stepMs) - count + 1) * stepMs, stepMs, count };
}
