import type { BacklogMetric } from "../../adapters/cloudwatch-backlog.ts";
import { sqsQueues } from "../../adapters/sqs-queues.ts";
import { admission } from "../../orders/admission.ts";
import type { Admission } from "../../orders/order-commands.ts";
import { clock, environment, integer, optional } from "./environment.ts";

/** The metric is one of each minute: more reads would cost more for the same value. */
const METRIC_IS_FRESH_FOR_MS = 30_000;

/** The backlog is the queue of new orders, or a broker's metric where the queues process no orders. */
export function admissionOfEnvironment(): Admission {
  const limit = integer("backlogLimit", 10_000);
  const metric = optional("backlogMetric");
  if (metric !== undefined) {
    const backlog = brokerBacklog(parseBacklogMetric(metric));
    return admission({ backlog, clock }, limit, METRIC_IS_FRESH_FOR_MS);
  }
  const { backlogQueueUrl } = environment("backlogQueueUrl");
  const queues = sqsQueues();
  return admission({ backlog: () => queues.backlog(backlogQueueUrl), clock }, limit);
}

/** The client is loaded at the first read, so that no cold start waits for it. */
function brokerBacklog(metric: BacklogMetric): () => Promise<number> {
  let loaded: Promise<(now: number) => Promise<number>> | undefined;
  return async () => {
    loaded ??= import("../../adapters/cloudwatch-backlog.ts").then(({ cloudWatchBacklog }) =>
      cloudWatchBacklog(metric),
    );
    return (await loaded)(clock.now());
  };
}

/** Throws where the text names no metric, so that the function does not start without it. */
export function parseBacklogMetric(text: string): BacklogMetric {
  const { namespace, name, dimensions } = JSON.parse(text) as Record<string, unknown>;
  const isNamed = typeof namespace === "string" && typeof name === "string";
  if (!isNamed || typeof dimensions !== "object" || dimensions === null) {
    throw new Error('BACKLOG_METRIC must be {"namespace": "…", "name": "…", "dimensions": {"…": "…"}}.');
  }
  return { namespace, name, dimensions: dimensions as BacklogMetric["dimensions"] };
}
