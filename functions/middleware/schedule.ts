import type { InvocationContext } from "./batch-middleware.ts";
import type { Clock } from "./clock.ts";
import { describeError } from "./error-text.ts";
import { emfLine, NAMESPACE } from "./metrics.ts";
import { writeToStdout } from "./standard-output.ts";
import { systemClock } from "./system-clock.ts";

/** A piece of work that stops starting new things at the deadline (milliseconds since the epoch). */
export type Job = (deadline: number) => Promise<Readonly<Record<string, number>>>;

export type JobResults = Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;

const RESERVE_MS = 3_000;

/**
 * The Lambda handler of a schedule: its steps one after the other, the jobs of one step side by side, each whatever
 * became of the others. Each step has a deadline of its own, an equal part of what is left: one that always has more
 * to do takes nothing from the others, and what a step does not need goes to those behind it. So jobs that wait for
 * most of their time stand in one step, the last: none of them leaves time unused that another could have had.
 * Rejects at the end if any failed, so that the function's errors show it; the next tick tries again.
 */
export function schedule(options: {
  /** Jobs by name; no two of all steps have the same. */
  readonly steps: readonly Readonly<Record<string, Job>>[];
  /** Counts to report, computed from what the jobs answered. */
  readonly metrics?: (results: JobResults) => Readonly<Record<string, number>>;
  readonly clock?: Clock;
  /** The CloudWatch namespace. Default: `messages`. */
  readonly namespace?: string;
  /** Value of the dimension `service`. Default: the namespace. */
  readonly service?: string;
  /** Takes the metrics, and a line for each job that failed. Default: standard output. */
  readonly write?: (text: string) => void;
}) {
  const { steps, metrics, clock = systemClock, namespace = NAMESPACE, service = namespace } = options;
  const { write = writeToStdout } = options;
  return async (_event: unknown, context: InvocationContext): Promise<JobResults> => {
    const startedAt = clock.now();
    const deadline = startedAt + context.getRemainingTimeInMillis() - RESERVE_MS;
    const results: Record<string, Readonly<Record<string, number>>> = {};
    const failed: string[] = [];
    const run = async (name: string, job: Job, until: number) => {
      try {
        results[name] = await job(until);
      } catch (error) {
        failed.push(name);
        write(`${JSON.stringify({ level: "error", job: name, ...describeError(error) })}\n`);
      }
    };
    for (const [index, step] of steps.entries()) {
      const now = clock.now();
      const until = now + (deadline - now) / (steps.length - index);
      await Promise.all(Object.entries(step).map(([name, job]) => run(name, job, until)));
    }
    if (metrics !== undefined) {
      const dimensionSets = [["service"]];
      write(
        emfLine({
          namespace,
          at: startedAt,
          dimensions: { service },
          dimensionSets,
          counts: metrics(results),
        }),
      );
    }
    if (failed.length > 0) throw new Error(`These jobs failed: ${failed.join(", ")}.`);
    return results;
  };
}
