import type { StreamPublisher } from "../../../../functions/contract/names.ts";
import type { Order } from "../../../../functions/orders/domain/order.ts";
import type { Change } from "../../../fakes/memory-tables.ts";
import { assertInvariant } from "../violation.ts";

/** One change of a row with the time it was made. */
export interface StreamRow extends Change {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One shard of a table's stream: its records in order, and the position of one reader. */
export interface Shard {
  readonly reader: StreamPublisher;
  readonly rows: StreamRow[];
  /** Index of the first record that is not acknowledged. */
  position: number;
  isBusy: boolean;
  /** Earliest time of the next read: the mapping backs off after an error. */
  notBefore: number;
  batchSize: number;
}

/** Records that a reader gave up on. */
export interface CrashedRows {
  readonly reader: StreamPublisher;
  readonly rows: readonly StreamRow[];
}

/** Each reader has its own position in the same records. */
export function newShard(reader: StreamPublisher, rows: StreamRow[]): Shard {
  return { reader, rows, position: 0, isBusy: false, notBefore: 0, batchSize: 10 };
}

/** Lambda's event for stream records; the images are rows of the code. */
export function streamEventOf(rows: readonly StreamRow[]) {
  return {
    Records: rows.map(({ before, after, sequence, at }) => ({
      eventName: before === undefined ? "INSERT" : "MODIFY",
      eventSource: "aws:dynamodb",
      eventSourceARN: "arn:aws:dynamodb:eu-central-1:000000000000:table/orders/stream/1",
      dynamodb: {
        ApproximateCreationDateTime: at / 1_000,
        Keys: { orderId: { S: after.orderId } },
        ...(before === undefined ? {} : { OldImage: before as unknown as Record<string, unknown> }),
        NewImage: after as unknown as Record<string, unknown>,
        SequenceNumber: String(sequence),
      },
    })),
  };
}

/** The simulator's stream carries rows instead of attribute values. */
export function imagesOf(images: { readonly OldImage?: unknown; readonly NewImage?: unknown }) {
  return { before: images.OldImage as Order | undefined, after: images.NewImage as Order | undefined };
}

/** Number of records that a response acknowledges, by Lambda's rules; `undefined` where the batch failed. */
export function attemptsOf(rows: readonly StreamRow[], response: unknown): number | undefined {
  const failures = (response as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (failures === undefined || failures === null) return rows.length;
  if (!Array.isArray(failures)) return undefined;
  if (failures.length === 0) return rows.length;
  const named = (failures as readonly { itemIdentifier?: unknown }[]).map((failure) =>
    rows.findIndex(({ sequence }) => String(sequence) === failure?.itemIdentifier),
  );
  assertInvariant(
    !named.includes(-1),
    "NAMES",
    () => "a response names a stream record that is not in the event",
  );
  return Math.min(...named);
}
