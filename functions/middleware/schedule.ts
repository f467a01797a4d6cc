import { SERVICE } from "../contract/names.ts";
import { describeError } from "../domain/error-text.ts";
import type { Clock } from "../ports/clock.ts";
import type { InvocationContext } from "./consumer.ts";
import { emfLine } from "./emf.ts";

/** A piece of work that stops starting new things at the deadline (milliseconds since the epoch). */
export type Job = (deadline: number) => Promise<Readonly<Record<string, number>>>;

export type JobResults = Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;

const RESERVE_MS = 3_000;

/**
 * The Lambda handler of a schedule: its jobs one after the other, each whatever became of the one before. Each has a
 * deadline of its own, an equal part of what is left: a job that always has more to do takes nothing from the others,
 * and what a job does not need goes to those behind it.
 * Rejects at the end if any failed, so that the function's errors show it; the next tick tries again.
 */
export function schedule(options: {
  readonly jobs: Readonly<Record<string, Job>>;
  readonly metrics: (results: JobResults) => Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly service?: string;
  readonly write: (text: string) => void;
}) {
  const { jobs, clock, service = SERVICE, write } = options;
  return async (_event: unknown, context: InvocationContext): Promise<JobResults> => {
    const startedAt = clock.now();
    const deadline = startedAt + context.getRemainingTimeInMillis() - RESERVE_MS;
    const results: Record<string, Readonly<Record<string, number>>> = {};
    const failed: string[] = [];
    const all = Object.entries(jobs);
    for (const [index, [name, job]] of all.entries()) {
      try {
        const now = clock.now();
        results[name] = await job(now + (deadline - now) / (all.length - index));
      } catch (error) {
        failed.push(name);
        write(`${JSON.stringify({ level: "error", job: name, ...describeError(error) })}\n`);
      }
    }
    const counts = options.metrics(results);
    write(emfLine({ at: startedAt, dimensions: { service }, dimensionSets: [["service"]], counts }));
    if (failed.length > 0) throw new Error(`These jobs failed: ${failed.join(", ")}.`);
    return results;
  };
}
