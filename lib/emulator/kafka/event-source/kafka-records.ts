import type { KafkaRecord } from "./kafka-event.ts";

/** A batch of the wire protocol: offsets and times are relative to the batch's. */
interface WireBatch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly attributes: number;
  readonly records: readonly {
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  }[];
}

/** https://kafka.apache.org/documentation/#recordbatch */
const IS_CONTROL = 0b10_0000;
const HAS_APPEND_TIME = 0b1000;

/**
 * The records from an offset on. A broker returns whole batches, which may begin earlier. Markers of transactions are
 * not records, but their offsets are passed.
 */
export function recordsOf(
  topic: string,
  partition: number,
  from: bigint,
  batches: readonly WireBatch[],
): { readonly next: bigint; readonly records: readonly KafkaRecord[] } {
  let next = from;
  const records: KafkaRecord[] = [];
  for (const batch of batches) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end > next) next = end;
    if ((batch.attributes & IS_CONTROL) !== 0) continue;
    for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
      const offset = batch.firstOffset + BigInt(offsetDelta);
      if (offset < from) continue;
      const appended = (batch.attributes & HAS_APPEND_TIME) !== 0;
      records.push({
        topic,
        partition,
        offset,
        timestampMs: Number(appended ? batch.maxTimestamp : batch.firstTimestamp + timestampDelta),
        key,
        value,
        headers: headers.map(([name, bytes]) => [name?.toString() ?? "", bytes]),
      });
    }
  }
  return { next, records };
}
