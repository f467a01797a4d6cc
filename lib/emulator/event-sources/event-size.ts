/** Largest invocation event, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const EVENT_BYTES = 6 * 1024 * 1024;
const ENVELOPE_BYTES = Buffer.byteLength('{"Records":[]}');

/** Bytes that a record adds to its event, as JSON within JSON: a quotation mark in a text takes two bytes. */
const recordBytes = (record: unknown): number => Buffer.byteLength(JSON.stringify(record)) + 1;

/** True where records of that many bytes exceed one event. */
export const exceedsEvent = (bytes: number): boolean => ENVELOPE_BYTES + bytes > EVENT_BYTES;

export const bytesOf = (records: readonly unknown[]): number =>
  records.reduce<number>((bytes, record) => bytes + recordBytes(record), 0);

/** Splits records into runs, in order, each of which fits into one event. A single record is never refused. */
export const splitByBytes = <T>(
  records: readonly T[],
  sizeOf: (record: T) => number = recordBytes,
): T[][] => {
  const runs: T[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const bytes = sizeOf(record);
    if (used + bytes > EVENT_BYTES) {
      runs.push([]);
      used = ENVELOPE_BYTES;
    }
    runs.at(-1)?.push(record);
    used += bytes;
  }
  return runs;
};
