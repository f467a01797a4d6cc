import type { CompleteOptions, ConsumerSettings, HandleMany, HandleOne } from "./consumer.ts";
import { describeError } from "./error-text.ts";
import type { MessageFacts } from "./failure-log.ts";
import { classify, ignored, type Outcome, park, retry, Unprocessable } from "./outcome.ts";
import { type Decoded, UnexpectedEvent } from "./transport.ts";

/** The content of a record; `undecoded` where decoding it threw. */
type Content = Decoded<unknown> | { readonly kind: "undecoded"; readonly error: unknown };

/** One batch in progress. Index i of each array belongs to record i. The engine does not look into records and messages. */
export interface Batch {
  readonly options: CompleteOptions;
  readonly records: readonly unknown[];
  readonly decoded: readonly Content[];
  readonly startedAt: number;
  /** Milliseconds since the epoch; nothing that finishes later counts. Infinite until `deadline()` sets it. */
  deadline: number;
  /** 1 where the record was started. */
  readonly started: Uint8Array;
  /** Absent where the record was not started, or not finished in time. */
  readonly outcomes: (Outcome | undefined)[];
  readonly elapsedMs: Float64Array;
  /** Once true, no outcome of the batch changes any more. */
  isOver: boolean;
  /** Drawn back-offs in seconds: audit line and transport get the same one. */
  readonly backOffs: number[];
  /** Lines to write once the records are finished: one write for a batch. */
  lines: string;
  /** What the event source mapping gets; set once the records are finished. */
  response?: unknown;
}

/** The part of Lambda's context that a consumer reads. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
  /** Appears in audit lines. */
  readonly awsRequestId?: string;
}

/** The request of middy's hooks, as far as it is used. */
export interface BatchRequest {
  event: unknown;
  context: InvocationContext;
  response: unknown;
  error: Error | null | undefined;
  internal: Record<string, unknown>;
}

/**
 * A middy middleware around a batch. `batchOf` gives it the batch. Declared here, because the types of middy need those
 * of other packages.
 */
export interface BatchMiddleware {
  before?(request: BatchRequest): unknown;
  after?(request: BatchRequest): unknown;
  onError?(request: BatchRequest): unknown;
}

/** Not in the request, because every middleware may replace its parts. */
export const batches = new WeakMap<InvocationContext, Batch>();

/** The batch of an invocation: its records in `before`, their outcomes in `after`. Throws where `batch()` opened none. */
export function batchOf({ context }: Pick<BatchRequest, "context">): Batch {
  const batch = batches.get(context);
  if (batch === undefined) throw new Error("There is no batch: use batch() before the other middlewares.");
  return batch;
}

/** How long a negative acknowledgement may take; past that, the visibility time-out of the queue applies. */
const NEGATIVE_ACKNOWLEDGE_MS = 500;
/** An own abort reason: without one, each abort builds an error that is never read. */
const CANCELLED = "cancelled";

/** Reads and decodes an event. Throws where none of it may be acknowledged. */
export function openBatch(options: CompleteOptions, event: unknown): Batch {
  const records = options.transport.read(event);
  const startedAt = options.clock.now();
  return {
    options,
    records,
    decoded: contentsOf(options, records),
    startedAt,
    deadline: Number.POSITIVE_INFINITY,
    started: new Uint8Array(records.length),
    outcomes: new Array(records.length).fill(undefined),
    elapsedMs: new Float64Array(records.length),
    backOffs: [],
    isOver: false,
    lines: "",
  };
}

/** The contents of the records; `undecoded` where parser or decoder throws. */
function contentsOf(options: CompleteOptions, records: readonly unknown[]): readonly Content[] {
  try {
    return decoded(options, records);
  } catch {
    return records.flatMap((raw): readonly Content[] => {
      try {
        return decoded(options, [raw]);
      } catch (error) {
        if (error instanceof UnexpectedEvent) throw error;
        return [{ kind: "undecoded", error }];
      }
    });
  }
}

function decoded(
  { parse, decode }: CompleteOptions,
  records: readonly unknown[],
): readonly Decoded<unknown>[] {
  const parsed = parse === undefined ? [] : records.map((raw) => parse(raw));
  return records.map((raw, index) => decode(raw, parsed[index]));
}

/** A record with its content. The index MUST be one of the batch. */
export function recordAt(batch: Batch, index: number) {
  return { raw: batch.records[index], content: batch.decoded[index] as Content };
}

/** Runs the records in lanes until all are finished or the deadline is reached, and returns the response. */
export async function runBatch(batch: Batch): Promise<unknown> {
  if (!batch.isOver) await runUntilDeadline(batch);
  batch.isOver = true;
  const failed = batch.records.filter((_, index) => !isAcknowledged(batch.outcomes[index]));
  batch.response = batch.options.transport.response(batch.records, failed);
  return batch.response;
}

async function runUntilDeadline(batch: Batch): Promise<void> {
  const { handle, transport, clock } = batch.options;
  const lanes = lanesOf(batch.records.length, (index) => {
    const { raw, content } = recordAt(batch, index);
    return transport.lane(raw) ?? (content.kind === "message" ? content.lane : undefined);
  });
  const work =
    "one" in handle
      ? runLanes(lanes, batch.options.settings.concurrency, (index) => runRecord(batch, index, handle.one))
      : runWaves(lanes, (wave) => runWave(batch, wave, handle.many));
  if (batch.deadline === Number.POSITIVE_INFINITY) return work;

  const finished = new AbortController();
  const deadline = clock.sleep(batch.deadline - clock.now(), finished.signal);
  await Promise.race([work.finally(() => finished.abort(CANCELLED)), deadline]);
}

/** Indices of records, grouped by lane, each group in the sequence of the records. */
export function lanesOf(count: number, laneOf: (index: number) => string | undefined): number[][] {
  const lanes: number[][] = [];
  const byName = new Map<string, number[]>();
  for (let index = 0; index < count; index++) {
    const name = laneOf(index);
    const lane = name === undefined ? undefined : byName.get(name);
    if (lane !== undefined) {
      lane.push(index);
      continue;
    }
    const opened = [index];
    lanes.push(opened);
    if (name !== undefined) byName.set(name, opened);
  }
  return lanes;
}

/**
 * Runs lanes in parallel, at most `concurrency` at once, each record after the one before it.
 * `run` returns false to stop the rest of its lane. MUST NOT reject.
 */
export async function runLanes(
  lanes: readonly (readonly number[])[],
  concurrency: number,
  run: (index: number) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    for (let lane = lanes[next++]; lane !== undefined; lane = lanes[next++]) {
      for (const index of lane) {
        if (!(await run(index))) break;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, lanes.length) }, worker));
}

/**
 * Runs lanes in waves: the first record of every lane together, then the second of the lanes that continue, and so
 * on. `run` returns for each index whether its lane continues. MUST NOT reject.
 */
export async function runWaves(
  lanes: readonly (readonly number[])[],
  run: (wave: readonly number[]) => Promise<readonly boolean[]>,
): Promise<void> {
  let continuing = lanes;
  for (let depth = 0; continuing.length > 0; depth++) {
    const continues = await run(continuing.map((lane) => lane[depth] as number));
    continuing = continuing.filter((lane, i) => continues[i] === true && lane.length > depth + 1);
  }
}

/** Handles one record and makes its outcome durable; returns whether its lane continues. Never rejects. */
async function runRecord(batch: Batch, index: number, handle: HandleOne<unknown>): Promise<boolean> {
  const { clock } = batch.options;
  const since = clock.now();
  if (batch.isOver || since >= batch.deadline) return false;
  batch.started[index] = 1;
  let outcome = unhandledOutcome(batch, index);
  try {
    const { content } = recordAt(batch, index);
    if (outcome === undefined && content.kind === "message") {
      outcome = outcomeOrFailed(await handle(content.message, batch.deadline));
    }
  } catch (error) {
    outcome = classify(error);
  }
  const durable = makeDurable(batch, index, outcomeOrFailed(outcome));
  return keep(batch, index, durable instanceof Promise ? await durable : durable, clock.now() - since);
}

/** Handles the records of one wave together; returns for each whether its lane continues. Never rejects. */
async function runWave(
  batch: Batch,
  wave: readonly number[],
  handle: HandleMany<unknown>,
): Promise<readonly boolean[]> {
  const { clock } = batch.options;
  const since = clock.now();
  if (batch.isOver || since >= batch.deadline) return wave.map(() => false);
  const unhandled: (Outcome | undefined)[] = [];
  const messages: unknown[] = [];
  for (const index of wave) {
    batch.started[index] = 1;
    const { content } = recordAt(batch, index);
    const outcome = unhandledOutcome(batch, index);
    unhandled.push(outcome);
    if (outcome === undefined && content.kind === "message") messages.push(content.message);
  }
  const answers = await handledTogether(batch, messages, handle);
  const answeredMs = clock.now() - since;
  const continues = new Array<boolean>(wave.length).fill(false);
  // Only outcomes that have to be written are awaited: a promise for each record would cost more than the rest.
  const pending: Promise<void>[] = [];
  let answered = 0;
  for (const [i, index] of wave.entries()) {
    const durable = makeDurable(batch, index, unhandled[i] ?? outcomeOrFailed(answers[answered++]));
    if (!(durable instanceof Promise)) {
      continues[i] = keep(batch, index, durable, answeredMs);
      continue;
    }
    const kept = (outcome: Outcome) => {
      continues[i] = keep(batch, index, outcome, clock.now() - since);
    };
    pending.push(durable.then(kept));
  }
  await Promise.all(pending);
  return continues;
}

/** Outcomes of another number than the messages are discarded: it is unknown which belongs to which message. */
async function handledTogether(
  batch: Batch,
  messages: readonly unknown[],
  handle: HandleMany<unknown>,
): Promise<readonly unknown[]> {
  if (messages.length === 0) return [];
  try {
    const answers: unknown = await handle(messages, batch.deadline);
    return Array.isArray(answers) && answers.length === messages.length ? answers : [];
  } catch (error) {
    return messages.map(() => classify(error));
  }
}

/** The outcome of a record that does not reach the handler: without a message, expired, or unreadable. */
function unhandledOutcome(batch: Batch, index: number): Outcome | undefined {
  const { raw, content } = recordAt(batch, index);
  if (content.kind === "malformed") {
    return park(content.reason, new Unprocessable(content.reason, content.detail));
  }
  if (content.kind === "empty") return ignored(content.why);
  if (content.kind === "undecoded") return retry(content.error);
  const { transport } = batch.options;
  const { maxAgeSeconds } = batch.options.settings;
  if (maxAgeSeconds === 0) return undefined;
  try {
    const isOld = batch.startedAt - transport.sentAt(raw) > maxAgeSeconds * 1_000;
    return isOld && !transport.isRetriedOrRedriven(raw) ? park("EXPIRED") : undefined;
  } catch (error) {
    return retry(error);
  }
}

const KINDS = new Set<unknown>(["done", "duplicate", "ignored", "retry", "park"] satisfies Outcome["kind"][]);

/** The handler's outcome; a retry where it returned anything else. */
function outcomeOrFailed(value: unknown): Outcome {
  const kind = (value as Outcome | null | undefined)?.kind;
  return KINDS.has(kind)
    ? (value as Outcome)
    : retry(new Error("The handler returned no outcome for this record."));
}

/**
 * Makes an outcome durable before the record is acknowledged, and returns the outcome that results:
 * - a park whose write fails becomes a retry;
 * - the reason of a last attempt is stored;
 * - a stream record that is too old is parked;
 * - a message that is postponed is sent again.
 *
 * Returns no promise where nothing has to be written, which is nearly always. Never rejects.
 */
function makeDurable(batch: Batch, index: number, outcome: Outcome): Outcome | Promise<Outcome> {
  const { transport, failureLog } = batch.options;
  const { raw } = recordAt(batch, index);
  try {
    switch (outcome.kind) {
      case "done":
      case "duplicate":
      case "ignored":
        return transport.isRetriedOrRedriven(raw)
          ? written(outcome, () => failureLog.resolve(factsOf(batch, index)))
          : outcome;
      case "park":
        return written(outcome, () => failureLog.park(factsOf(batch, index), outcome.reason, outcome.error));
      case "retry":
        if (outcome.isPostponed && transport.postpone) return postponed(batch, index, outcome);
        // Best effort: without the stored reason, the dead-letter queue's consumer records NO_REPORT.
        if (transport.isLastAttempt(raw)) {
          const { error } = outcome;
          return written(outcome, () => failureLog.lastAttemptFailed(factsOf(batch, index), error)).then(
            () => outcome,
          );
        }
        return transport.parksNow?.(raw) === true || isTooOldToRetry(batch, raw)
          ? makeDurable(batch, index, park("RETRIES_EXHAUSTED", outcome.error))
          : outcome;
    }
  } catch (error) {
    return retry(error);
  }
}

/** Ignored once the new message is stored: this one had no effect, and its row, if it has one, stays in progress. */
async function postponed(
  batch: Batch,
  index: number,
  outcome: Extract<Outcome, { kind: "retry" }>,
): Promise<Outcome> {
  const { isPostponed: _, ...counted } = outcome;
  try {
    await batch.options.transport.postpone?.(recordAt(batch, index).raw, outcome.afterSeconds ?? 0);
    return ignored(`postponed: ${describeError(outcome.error).errorName}`);
  } catch {
    return makeDurable(batch, index, counted);
  }
}

async function written(outcome: Outcome, write: () => Promise<void>): Promise<Outcome> {
  try {
    await write();
    return outcome;
  } catch (error) {
    return retry(error);
  }
}

function isTooOldToRetry({ options }: Batch, raw: unknown): boolean {
  const { giveUpAfterSeconds } = options.settings;
  if (giveUpAfterSeconds === 0) return false;
  return options.clock.now() - options.transport.sentAt(raw) > giveUpAfterSeconds * 1_000;
}

/** The facts about a record that the failed-message store keeps. */
function factsOf(batch: Batch, index: number): MessageFacts {
  const { name, transport } = batch.options;
  const { raw, content } = recordAt(batch, index);
  const facts = {
    consumer: name,
    source: transport.source(raw),
    attributes: transport.attributes(raw),
    body: transport.body(raw),
  };
  if (content.kind === "malformed") return { ...facts, ...content.facts };
  if (content.kind !== "message") return facts;
  return {
    ...facts,
    eventType: content.type,
    ...(content.eventId === undefined ? {} : { eventId: content.eventId }),
    ...content.facts,
  };
}

/** Keeps an outcome and its duration unless the batch is over; returns whether the record's lane continues. */
function keep(batch: Batch, index: number, outcome: Outcome, elapsedMs: number): boolean {
  if (batch.isOver) return false;
  batch.outcomes[index] = outcome;
  batch.elapsedMs[index] = elapsedMs;
  return outcome.kind !== "retry";
}

function isAcknowledged(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== "retry";
}

/**
 * Sets when failed messages are redelivered: after a back-off that grows with their attempts. Messages that never started
 * or go to the dead-letter queue come at once. Never rejects.
 */
export async function negativeAcknowledge(batch: Batch): Promise<void> {
  const { transport, clock } = batch.options;
  if (transport.negativeAcknowledge === undefined) return;
  try {
    const returns = batch.records.flatMap((raw, index) => {
      const seconds = retrySeconds(batch, index);
      return seconds === undefined ? [] : [{ raw, seconds }];
    });
    if (returns.length === 0) return;
    const done = new AbortController();
    const call = transport.negativeAcknowledge(returns).catch(() => undefined);
    const limit = clock.sleep(NEGATIVE_ACKNOWLEDGE_MS, done.signal);
    await Promise.race([call.finally(() => done.abort(CANCELLED)), limit]);
  } catch {
    // The visibility time-out redelivers the messages.
  }
}

/** Seconds until a failed record is redelivered; undefined for any other record. */
export function retrySeconds(batch: Batch, index: number): number | undefined {
  const { transport, clock, settings } = batch.options;
  const raw = batch.records[index];
  const outcome = batch.outcomes[index];
  if (transport.negativeAcknowledge === undefined || isAcknowledged(outcome)) return undefined;
  if (batch.started[index] === 0 || transport.isLastAttempt(raw)) return 0;
  const asked = outcome?.kind === "retry" ? outcome.afterSeconds : undefined;
  batch.backOffs[index] ??= asked ?? backOffSeconds(settings, transport.attempt(raw), clock.random());
  return batch.backOffs[index];
}

/**
 * Seconds until a message is retried: exponential in the number of receives, with full jitter.
 * `random` is at least 0 and below 1.
 */
export function backOffSeconds(settings: ConsumerSettings, receiveCount: number, random: number): number {
  const { firstBackOffSeconds, longestBackOffSeconds } = settings;
  const ceiling = Math.min(longestBackOffSeconds, firstBackOffSeconds * 2 ** Math.max(0, receiveCount - 1));
  return Math.round(random * ceiling);
}
