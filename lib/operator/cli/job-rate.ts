/** A redrive or republish. Times are in ISO format. */
interface Job {
  readonly total?: number;
  readonly ratePerSecond?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** `; 8.3/s of at most 10/s`, pauses included; empty in the first second, when the rate means little. */
export function rateText({ ratePerSecond, startedAt, endedAt }: Job, done: number): string {
  if (startedAt === undefined || ratePerSecond === undefined) return "";
  const until = endedAt === undefined ? Date.now() : Date.parse(endedAt);
  const seconds = (until - Date.parse(startedAt)) / 1_000;
  return seconds < 1 ? "" : `; ${(done / seconds).toFixed(1)}/s of at most ${ratePerSecond}/s`;
}

/** The note for a job that is still running when the API responds. */
export function backgroundText(job: Job, done: number, statusCommand?: string): string {
  const of = job.total === undefined ? "" : ` of ${job.total}`;
  const check = statusCommand === undefined ? "" : ` Check it with:  ${statusCommand}`;
  return `${done}${of} done${rateText(job, done)}. Maintenance continues the job each minute, also after this command has ended.${check}`;
}
