import type { ConsumerOptions, ConsumerSettings } from "./options.ts";
import { ignored, type Outcome, park, retry, Unprocessable } from "./outcome.ts";
import type { Decoded } from "./transport.ts";

/** One batch under way. Index i of each array belongs to record i. */
export interface Batch<Raw, Message> {
  readonly options: ConsumerOptions<Raw, Message>;
  readonly settings: ConsumerSettings;
  readonly records: readonly Raw[];
  readonly decoded: readonly Decoded<Message>[];
  readonly startedAt: number;
  /** Milliseconds since the epoch; nothing that finishes later counts. */
  readonly deadline: number;
  /** 1 where the record was started. */
  readonly started: Uint8Array;
  /** Absent where the record was not started, or not finished in time. */
  readonly outcomes: (Outcome | undefined)[];
  readonly elapsedMs: Float64Array;
  /** Once true, the batch is reported and nothing of it changes any more. */
  isOver: boolean;
}

/** Reads and decodes an event. Throws where nothing of it may be acknowledged. */
export function openBatch<Raw, Message>(
  options: ConsumerOptions<Raw, Message>,
  settings: ConsumerSettings,
  event: unknown,
  remainingMs: number,
): Batch<Raw, Message> {
  const { transport, parse, decode } = options;
  const records = transport.read(event);
  const startedAt = options.clock.now();
  const parsed = parse === undefined ? [] : records.map((raw) => parse(raw));
  return {
    options,
    settings,
    records,
    decoded: records.map((raw, index) => decode(raw, parsed[index])),
    startedAt,
    deadline: startedAt + remainingMs - settings.reserveMs,
    started: new Uint8Array(records.length),
    outcomes: new Array(records.length).fill(undefined),
    elapsedMs: new Float64Array(records.length),
    isOver: remainingMs <= settings.reserveMs,
  };
}

/** A record with its content. The index MUST be one of the batch. */
export function at<Raw, Message>(batch: Batch<Raw, Message>, index: number) {
  return { raw: batch.records[index] as Raw, content: batch.decoded[index] as Decoded<Message> };
}

/** The outcome of a record that must not reach the handler, if it is one. */
export function refusalOf<Raw, Message>(batch: Batch<Raw, Message>, index: number): Outcome | undefined {
  const { raw, content } = at(batch, index);
  if (content.kind === "malformed") {
    return park(content.reason, new Unprocessable(content.reason, content.detail));
  }
  if (content.kind === "empty") return ignored(content.why);
  const { transport } = batch.options;
  const { maxAgeSeconds } = batch.settings;
  if (maxAgeSeconds === 0 || transport.hasFailedBefore(raw)) return undefined;
  return batch.startedAt - transport.sentAt(raw) > maxAgeSeconds * 1_000 ? park("EXPIRED") : undefined;
}

/** Keeps an outcome and how long it took, unless the batch is over; answers whether the record's lane goes on. */
export function keep<Raw, Message>(
  batch: Batch<Raw, Message>,
  index: number,
  outcome: Outcome,
  elapsedMs: number,
): boolean {
  if (batch.isOver) return false;
  batch.outcomes[index] = outcome;
  batch.elapsedMs[index] = elapsedMs;
  return outcome.kind !== "retry";
}

/** Whether a record may be acknowledged. */
export function isAcknowledged(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== "retry";
}

const KINDS: ReadonlySet<unknown> = new Set<Outcome["kind"]>([
  "done",
  "duplicate",
  "ignored",
  "retry",
  "park",
]);

/** What a handler answered, if it is an outcome; failed otherwise. */
export function outcomeOrFailed(value: unknown): Outcome {
  const kind = (value as Outcome | null | undefined)?.kind;
  return KINDS.has(kind)
    ? (value as Outcome)
    : retry(new Error("The handler returned no outcome for this record."));
}
