import type { HandleMany } from "./consumer.ts";
import { classify, DONE, DUPLICATE, type Outcome, retry } from "./outcome.ts";

/** The value of an attribute. */
export type RowValue =
  | string
  | number
  | boolean
  | null
  | readonly RowValue[]
  | { readonly [name: string]: RowValue };
export type Row = Readonly<Record<string, RowValue>>;

/** The condition of a write: every part must hold. A row that does not exist equals nothing. */
export interface Condition {
  readonly exists?: boolean;
  readonly equals?: Row;
  readonly atLeast?: Readonly<Record<string, number>>;
}

interface OfRow {
  /** Physical name of the table. */
  readonly table: string;
  /** Partition key, and sort key where the table has one. */
  readonly key: Readonly<Record<string, string>>;
  readonly when?: Condition;
}

/** One write of an effect. A row may be written once in an effect. */
export type EffectWrite =
  /** Replaces the row. */
  | (OfRow & { readonly kind: "put"; readonly row: Row })
  /** Changes or creates the row: `set` attributes, `add` numbers (a missing number is 0). */
  | (OfRow & {
      readonly kind: "update";
      readonly set?: Row;
      readonly add?: Readonly<Record<string, number>>;
    })
  | (OfRow & { readonly kind: "delete" })
  /** Writes nothing, but its condition must hold. */
  | (OfRow & { readonly kind: "check"; readonly when: Condition });

/** A write whose condition did not hold, and its row at that time. */
export interface Refusal {
  /** Index in the writes of the effect. */
  readonly index: number;
  readonly row: Row | undefined;
}

export type EffectResult =
  | { readonly kind: "done" }
  /** An earlier call for this event was `done`: nothing was written. */
  | { readonly kind: "duplicate" }
  /** Conditions did not hold, and the event has no effect so far: nothing was written. The caller decides. */
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] };

/** The effects of one consumer, each event once. */
export interface EffectOnce {
  /**
   * Writes the effect of an event and its mark in one transaction.
   * - MUST write all or nothing.
   * - MUST NOT apply the writes of an event twice: every call after the effect is `duplicate`. Example: of ten
   *   concurrent calls one is `done` and nine are `duplicate`.
   * - MUST return `duplicate` and not `refused` where the mark exists, because the effect itself may have changed the
   *   rows of the conditions.
   * - A conflict with another writer is retried until `deadline` (milliseconds since the epoch), then rejects.
   * - Writes that no transaction can hold are rejected before anything is written.
   */
  apply(eventId: string, writes: readonly EffectWrite[], deadline: number): Promise<EffectResult>;
}

/** The marks of all consumers. */
export interface EffectMarks {
  /** The consumers whose effect of this event is marked. MUST reflect every effect that was `done` before the call. */
  consumersOf(eventId: string): Promise<ReadonlySet<string>>;
}

/** A transaction of DynamoDB holds 100 items, and the mark is one. */
const MOST_WRITES = 99;

/** Throws a RangeError for writes that no transaction can hold. */
export function refuseWrites(writes: readonly EffectWrite[]): void {
  if (writes.length > MOST_WRITES)
    throw new RangeError(`An effect holds at most ${MOST_WRITES} writes; received ${writes.length}.`);
  const rows = new Set(writes.map(rowOf));
  if (rows.size < writes.length) throw new RangeError("An effect writes each row once; a row comes twice.");
  for (const write of writes) {
    if (write.kind === "update" && isEmpty({ ...write.set, ...write.add }))
      throw new RangeError(`The update of ${rowOf(write)} changes nothing: give set, add or both.`);
    const { exists, equals, atLeast } = write.when ?? {};
    if (write.kind === "check" && exists === undefined && isEmpty({ ...equals, ...atLeast }))
      throw new RangeError(`The check of ${rowOf(write)} has no condition.`);
  }
}

const isEmpty = (attributes: object) => Object.keys(attributes).length === 0;

/** The table and key of a row as one text. */
export function rowOf({ table, key }: Pick<EffectWrite, "table" | "key">): string {
  return `${table} ${JSON.stringify(Object.entries(key).sort())}`;
}

/** The writes of a message, or an outcome without any. */
export type Decision =
  | Outcome
  | {
      readonly writes: readonly EffectWrite[];
      /** The outcome where a condition did not hold. Absent: a retry. */
      readonly refused?: (refusals: readonly Refusal[]) => Outcome;
    };

/** A handler whose effect is its writes, once for each message id. A message that fails affects no other. */
export function onceForEach<Message extends { readonly id: string }>(
  effectOnce: EffectOnce,
  decide: (message: Message) => Decision | Promise<Decision>,
): HandleMany<Message> {
  async function handle(message: Message, deadline: number): Promise<Outcome> {
    const decision = await decide(message);
    if (!("writes" in decision)) return decision;
    const { writes, refused = () => retry(REFUSED) } = decision;
    const result = await effectOnce.apply(message.id, writes, deadline);
    switch (result.kind) {
      case "done":
        return DONE;
      case "duplicate":
        return DUPLICATE;
      case "refused":
        return refused(result.refusals);
      default:
        return result satisfies never;
    }
  }
  return (messages, deadline) =>
    Promise.all(messages.map((message) => handle(message, deadline).catch(classify)));
}

const REFUSED = new Error("A condition of its writes did not hold.");
