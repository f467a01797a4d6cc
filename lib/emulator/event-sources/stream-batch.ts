import type { DynamoDBRecord } from "aws-lambda";
import type { StreamMappingSpec } from "../assembly/model.ts";
import type { Clock, FunctionHost, InvokeResult } from "../types.ts";
import { describeFailure, readBatchResponse } from "./batch-response.ts";
import { createBackoff, type LoopWaits } from "./loop-waits.ts";
import type { GiveUpCondition } from "./stream-destination.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;

export interface GiveUp {
  readonly records: readonly DynamoDBRecord[];
  readonly condition: GiveUpCondition;
  readonly invokeCount: number;
  readonly lastResult: InvokeResult | undefined;
}

export interface BatchDelivery {
  readonly spec: StreamMappingSpec;
  readonly host: FunctionHost;
  readonly clock: Clock;
  readonly waits: LoopWaits;
  /** Marks this record and all before it as finished. */
  readonly checkpoint: (record: DynamoDBRecord) => void;
  /** Writes records to the destination. Resolves to false when the mapping stopped before. */
  readonly giveUp: (what: GiveUp) => Promise<boolean>;
  readonly log: (text: string) => void;
}

/** A part of a batch with an invocation of its own. */
interface Piece {
  readonly records: readonly DynamoDBRecord[];
  readonly retries: number;
  readonly invokes: number;
}

export const sequenceNumberOf = (record: DynamoDBRecord): string => record.dynamodb?.SequenceNumber ?? "";

export const createdAtSecondsOf = (record: DynamoDBRecord): number =>
  record.dynamodb?.ApproximateCreationDateTime ?? 0;

/**
 * Finishes one batch of a shard in order: each record is delivered, or given up by retries or age. Resolves to false
 * where the mapping stopped before; unfinished records are delivered again after the next start.
 *
 * A reported failure is retried from the lowest failed sequence number on. With bisect, a failed batch is halved, which
 * consumes no retries. A throttled invocation consumes none either.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const deliverBatch = async (
  records: readonly DynamoDBRecord[],
  delivery: BatchDelivery,
): Promise<boolean> => {
  const backoff = createBackoff(FIRST_RETRY_MS, LAST_RETRY_MS);
  const pieces: Piece[] = [{ records, retries: 0, invokes: 0 }];
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (delivery.waits.stopped) return false;
    const fresh = await dropExpired(piece, delivery);
    if (fresh === undefined) return false;
    if (fresh.records.length === 0) continue;
    const next = await deliverPiece(fresh, delivery);
    if (next.kind === "stopped") return false;
    pieces.unshift(...next.pieces);
    if (next.kind === "retry") await delivery.waits.wait(backoff.next());
    else backoff.reset();
  }
  return true;
};

/** Gives up the leading records above the maximum age; undefined where the mapping stopped meanwhile. */
const dropExpired = async (piece: Piece, delivery: BatchDelivery): Promise<Piece | undefined> => {
  const { maximumRecordAgeSeconds } = delivery.spec;
  if (maximumRecordAgeSeconds < 0) return piece;
  const oldest = delivery.clock.now() / 1000 - maximumRecordAgeSeconds;
  const firstFresh = piece.records.findIndex((record) => createdAtSecondsOf(record) >= oldest);
  const expired = firstFresh < 0 ? piece.records : piece.records.slice(0, firstFresh);
  if (expired.length === 0) return piece;
  const given = await abandon({ ...piece, records: expired }, "RecordAgeExceeded", undefined, delivery);
  return given ? { ...piece, records: piece.records.slice(expired.length) } : undefined;
};

type Next = { readonly kind: "go" | "retry" | "stopped"; readonly pieces: readonly Piece[] };

const deliverPiece = async (piece: Piece, delivery: BatchDelivery): Promise<Next> => {
  const { spec, host, log } = delivery;
  const sequenceNumbers = piece.records.map(sequenceNumberOf);
  const result = await host.invoke(spec.functionName, { Records: piece.records });
  const invokes = piece.invokes + 1;
  const verdict = readBatchResponse(result, spec.reportBatchItemFailures, new Set(sequenceNumbers));

  if (verdict.kind === "success") {
    checkpointLast(piece.records, delivery);
    return { kind: "go", pieces: [] };
  }
  if (result.kind === "throttled") {
    return { kind: "retry", pieces: [{ ...piece, invokes }] };
  }
  if (verdict.kind === "all" && spec.bisect && piece.records.length > 1) {
    log(`a batch of ${piece.records.length} record(s) failed and is halved: ${verdict.why}`);
    const middle = Math.floor(piece.records.length / 2);
    const halves = [piece.records.slice(0, middle), piece.records.slice(middle)];
    return { kind: "go", pieces: halves.map((records) => ({ ...piece, records, invokes })) };
  }

  const failedAt =
    verdict.kind === "all" ? 0 : sequenceNumbers.findIndex((number) => verdict.identifiers.has(number));
  checkpointLast(piece.records.slice(0, failedAt), delivery);
  const rest = { ...piece, records: piece.records.slice(failedAt), invokes };
  // With bisect, the batch counts as split at the reported failure, and splitting is free.
  if (spec.bisect && failedAt > 0) return { kind: "retry", pieces: [rest] };
  log(
    `${rest.records.length} record(s) failed: ${
      verdict.kind === "all" ? verdict.why : `reported from sequence number ${sequenceNumbers[failedAt]} on`
    }`,
  );
  if (spec.maximumRetryAttempts >= 0 && piece.retries >= spec.maximumRetryAttempts) {
    const given = await abandon(rest, "RetryAttemptsExhausted", result, delivery);
    return { kind: given ? "go" : "stopped", pieces: [] };
  }
  return { kind: "retry", pieces: [{ ...rest, retries: piece.retries + 1 }] };
};

const abandon = async (
  piece: Piece,
  condition: GiveUpCondition,
  lastResult: InvokeResult | undefined,
  delivery: BatchDelivery,
): Promise<boolean> => {
  const why = lastResult === undefined || lastResult.kind === "ok" ? "" : ` (${describeFailure(lastResult)})`;
  delivery.log(`${piece.records.length} record(s) given up: ${condition}${why}`);
  const { records, invokes: invokeCount } = piece;
  const given = await delivery.giveUp({ records, condition, invokeCount, lastResult });
  if (given) checkpointLast(records, delivery);
  return given;
};

const checkpointLast = (records: readonly DynamoDBRecord[], delivery: BatchDelivery): void => {
  const last = records.at(-1);
  if (last !== undefined) delivery.checkpoint(last);
};
