import { parentPort } from "node:worker_threads";
import { type Job, perform } from "./job.ts";

/** A thread that runs one job after the other. */
parentPort?.on("message", (job: Job) => {
  perform(job).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) => parentPort?.postMessage({ error: String((error as Error)?.stack ?? error) }),
  );
});
