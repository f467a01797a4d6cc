/** Bytes an invocation event may have. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const EVENT_BYTES = 6 * 1024 * 1024;

/** Splits records into runs, in order, each of which fits one event; a single record is never refused. */
export const splitByBytes = <T>(records: readonly T[], bytesOf: (record: T) => number): T[][] => {
  const runs: T[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const bytes = bytesOf(record);
    if (used + bytes > EVENT_BYTES) {
      runs.push([]);
      used = 0;
    }
    runs.at(-1)?.push(record);
    used += bytes;
  }
  return runs;
};
