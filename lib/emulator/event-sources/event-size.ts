/** Bytes an invocation event may have. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const EVENT_BYTES = 6 * 1024 * 1024;
const ENVELOPE_BYTES = Buffer.byteLength('{"Records":[]}');

/** What a record adds to its event: of JSON, in which a quotation mark within a text takes two bytes. */
export const recordBytes = (record: unknown): number => Buffer.byteLength(JSON.stringify(record)) + 1;

/** True when records of that many bytes are more than one event can take. */
export const exceedsEvent = (bytes: number): boolean => ENVELOPE_BYTES + bytes > EVENT_BYTES;

export const bytesOf = (records: readonly unknown[]): number =>
  records.reduce<number>((bytes, record) => bytes + recordBytes(record), 0);

/** Splits records into runs, in order, each of which fits one event; a single record is never refused. */
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
