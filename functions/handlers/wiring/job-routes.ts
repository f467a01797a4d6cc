import type { RoutesOf } from "../../contract/api.ts";
import type { StartJob } from "../../contract/operator-schemas.ts";
import { isAbortJob, isStartJob } from "../../contract/operator-validators.js";
import { abortRunningJob } from "../../failures/jobs/abort-job.ts";
import { previewJob } from "../../failures/jobs/preview-job.ts";
import { listJobs, readJob } from "../../failures/jobs/read-jobs.ts";
import type { JobPorts } from "../../failures/jobs/run-jobs.ts";
import { startJob } from "../../failures/jobs/start-job.ts";
import type { Routes } from "../../middleware/http.ts";
import type { HttpRequest } from "../../middleware/http-request.ts";

const jobIdOf = (request: HttpRequest) => request.parameter("jobId");
const ok = (body: unknown) => ({ status: 200, body });

/** What operators do with jobs. */
export type JobOperations = ReturnType<typeof jobOperations>;

export function jobOperations(ports: JobPorts) {
  const preview = previewJob(ports);
  const start = startJob(ports);
  return {
    /** 202 with the started job; 200 where none was started. */
    async startJob({ dryRun, ...asked }: StartJob, by: string) {
      if (dryRun === true) return { status: 200, body: await preview(asked) };
      const job = await start(asked, by);
      return { status: job.jobId === undefined ? 200 : 202, body: job };
    },
    jobs: listJobs(ports),
    job: readJob(ports),
    abortJob: abortRunningJob(ports),
  };
}

export function jobRoutes(ops: JobOperations): Routes<RoutesOf<"jobs">> {
  return {
    "GET /jobs": async () => ok(await ops.jobs()),
    "POST /jobs": (request) => ops.startJob(request.json(isStartJob), request.caller),
    "GET /jobs/{jobId}": async (request) => ok(await ops.job(jobIdOf(request))),
    "POST /jobs/{jobId}/abort": async (request) =>
      ok(await ops.abortJob(jobIdOf(request), request.json(isAbortJob), request.caller)),
  };
}
