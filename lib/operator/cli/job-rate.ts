/** When a job that the API and the minute schedule work on was begun and ended, in ISO times. */
interface Timed {
  readonly total?: number;
  readonly ratePerSecond?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** `; 8.3/s reached of 10/s`, pauses included; nothing in the first second, when that says little. */
export function rateText({ ratePerSecond, startedAt, endedAt }: Timed, done: number): string {
  if (startedAt === undefined || ratePerSecond === undefined) return "";
  const until = endedAt === undefined ? Date.now() : Date.parse(endedAt);
  const seconds = (until - Date.parse(startedAt)) / 1_000;
  return seconds < 1 ? "" : `; ${(done / seconds).toFixed(1)}/s reached of ${ratePerSecond}/s`;
}

/** What is said once, when the API answered before the job had ended. */
export function waitingText(job: Timed, done: number, look?: string): string {
  const of = job.total === undefined ? "" : ` of ${job.total}`;
  const where = look === undefined ? "" : ` Look later:  ${look}`;
  return `${done}${of} done${rateText(job, done)}. The rest waits for the minute schedule, which goes on with it also when this command is gone.${where}`;
}
