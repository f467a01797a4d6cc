/** How many deliveries a row remembers: more than can come again, since each copy is a delivery of its own. */
const REMEMBERED = 20;

/**
 * Whether a source names one record, as `kafka:<topic>-<partition>@<offset>` does, and not only where records come
 * from, as a queue's ARN does. Offsets and sequence numbers are never used again while their topic or stream is there.
 */
function namesOneDelivery(source: string): boolean {
  return /@\d+$/.test(source);
}

interface Parked {
  readonly parkedBy?: readonly string[];
}

/** Whether this very delivery parked the row before: then it has nothing new to say. */
export function wasParkedBy(row: Parked | undefined, source: string): boolean {
  return row?.parkedBy?.includes(source) === true;
}

/** The row's deliveries and this one, where the source names one. */
export function parkedBy({ parkedBy = [] }: Parked, source: string | undefined): Parked {
  if (source === undefined || !namesOneDelivery(source)) return {};
  return { parkedBy: [...parkedBy, source].slice(-REMEMBERED) };
}
