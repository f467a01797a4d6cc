import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Job, JobResult } from "./job.ts";

type WorkerMessage = { readonly result: JobResult } | { readonly error: string };

const CHUNK = 200;
/** The simulation has a consumer of effects that follow from its declaration alone. */
const ONE_MORE = new URL("../../../one-more-consumer/register.ts", import.meta.url).href;

/** Splits the seeds or crash points from `from` to `from + runs − 1` into jobs. */
export function piecesOf(kind: "seeds" | "points", from: number, runs: number): Job[] {
  const jobs: Job[] = [];
  for (let at = from; at < from + runs; at += CHUNK) {
    jobs.push({ kind, from: at, to: Math.min(at + CHUNK, from + runs) });
  }
  return jobs;
}

/** Runs all jobs on all cores and calls `done` for each result. Rejects if a thread fails. */
export async function campaign(
  jobs: readonly Job[],
  done: (result: JobResult, job: Job) => void,
  threads = availableParallelism(),
): Promise<void> {
  const queue = [...jobs];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { execArgv: ["--import", ONE_MORE] });
    try {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) done(await ask(worker, job), job);
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, work));
}

function ask(worker: Worker, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (message: WorkerMessage) => {
      worker.off("error", reject);
      if ("error" in message) reject(new Error(message.error));
      else resolve(message.result);
    });
    worker.postMessage(job);
  });
}
