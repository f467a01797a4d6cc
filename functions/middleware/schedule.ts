import type { InvocationContext } from "./batch.ts";
import { type Clock, systemClock } from "./clock.ts";
import { describeError, stackOf } from "./error-text.ts";
import { emfLine, NAMESPACE, writeToStdout } from "./metrics.ts";

/** Work that starts nothing new after the deadline (milliseconds since the epoch). Resolves to its counts. */
export type ScheduledTask = (deadline: number) => Promise<Readonly<Record<string, number>>>;

export type TaskResults = Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;

const RESERVE_MS = 3_000;

/**
 * The Lambda handler of a schedule. Steps run in sequence, the tasks of a step concurrently. A task that fails stops no
 * other; the invocation then fails at its end, so that the function's error metric shows it.
 *
 * The deadline of a step is an equal share of the remaining time. A step that is never finished cannot starve the
 * others, and later steps get the time that an earlier one leaves. Tasks that mostly wait belong together in the last
 * step.
 */
export function schedule(options: {
  /** Tasks by name, which is unique over all steps. */
  readonly steps: readonly Readonly<Record<string, ScheduledTask>>[];
  /** Counts to report, computed from the results of the tasks and the number of failed ones. */
  readonly metrics?: (results: TaskResults, failed: number) => Readonly<Record<string, number>>;
  readonly clock?: Clock;
  /** The CloudWatch namespace. Default: `messages`. */
  readonly namespace?: string;
  /** Value of the dimension `service`. Default: the namespace. */
  readonly service?: string;
  /** Takes the metrics, and a line for each task that failed. Default: standard output. */
  readonly write?: (text: string) => void;
}) {
  const { steps, metrics, clock = systemClock, namespace = NAMESPACE, service = namespace } = options;
  const { write = writeToStdout } = options;
  return async (_event: unknown, context: InvocationContext): Promise<TaskResults> => {
    const startedAt = clock.now();
    const deadline = startedAt + context.getRemainingTimeInMillis() - RESERVE_MS;
    const results: Record<string, Readonly<Record<string, number>>> = {};
    const failed: string[] = [];
    const run = async (name: string, task: ScheduledTask, until: number) => {
      try {
        results[name] = await task(until);
      } catch (error) {
        failed.push(name);
        const line = { level: "error", task: name, ...describeError(error), stack: stackOf(error) };
        write(`${JSON.stringify(line)}\n`);
      }
    };
    for (const [index, step] of steps.entries()) {
      const now = clock.now();
      const until = now + (deadline - now) / (steps.length - index);
      await Promise.all(Object.entries(step).map(([name, task]) => run(name, task, until)));
    }
    if (metrics !== undefined) {
      const dimensionSets = [["service"]];
      write(
        emfLine({
          namespace,
          at: startedAt,
          dimensions: { service },
          dimensionSets,
          counts: metrics(results, failed.length),
        }),
      );
    }
    if (failed.length > 0) throw new Error(`These tasks failed: ${failed.join(", ")}.`);
    return results;
  };
}
