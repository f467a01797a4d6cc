import type { BacklogMetric } from "../../adapters/cloudwatch-backlog.ts";
import { type Admission, admission } from "../../orders/order-commands.ts";
import { clock } from "./environment.ts";

/** The metric is one of each minute: more reads would cost more for the same value. */
const METRIC_IS_FRESH_FOR_MS = 30_000;

/** Admission by the metric of a broker. The client is loaded at the first read, so that no cold start waits for it. */
export function brokerAdmission(metric: BacklogMetric, limit: number): Admission {
  let loaded: Promise<(now: number) => Promise<number>> | undefined;
  const backlog = async () => {
    loaded ??= import("../../adapters/cloudwatch-backlog.ts").then(({ cloudWatchBacklog }) =>
      cloudWatchBacklog(metric),
    );
    return (await loaded)(clock.now());
  };
  return admission({ backlog, clock }, limit, METRIC_IS_FRESH_FOR_MS);
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
