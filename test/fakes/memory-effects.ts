import {
  type Condition,
  type EffectMarks,
  type EffectOnce,
  type EffectWrite,
  type Row,
  refuseWrites,
  rowOf,
} from "../../functions/middleware/effect-once.ts";

/** The effects table and the consumers' own tables, in memory. Each call is atomic: it runs to its end without an await. */
export interface MemoryEffects {
  effectOnceOf(consumer: string): EffectOnce;
  readonly effectMarks: EffectMarks;
  readonly rows: {
    /** When, by `<event id> <consumer>`. */
    readonly marks: Map<string, number>;
    /** Rows of own tables, by `rowOf`. */
    readonly own: Map<string, Row>;
  };
}

export function memoryEffects(now: () => number): MemoryEffects {
  const marks = new Map<string, number>();
  const own = new Map<string, Row>();
  return {
    rows: { marks, own },
    effectOnceOf: (consumer) => ({
      async apply(eventId, writes) {
        refuseWrites(writes);
        const mark = `${eventId} ${consumer}`;
        if (marks.has(mark)) return { kind: "duplicate" };
        const refusals = writes.flatMap((write, index) => {
          const row = own.get(rowOf(write));
          return holds(write.when, row) ? [] : [{ index, row }];
        });
        if (refusals.length > 0) return { kind: "refused", refusals };
        marks.set(mark, now());
        for (const write of writes) {
          const row = written(write, own.get(rowOf(write)));
          if (row === undefined) own.delete(rowOf(write));
          else own.set(rowOf(write), row);
        }
        return { kind: "done" };
      },
    }),
    effectMarks: {
      async consumersOf(eventId) {
        const ofEvent = [...marks.keys()].filter((mark) => mark.startsWith(`${eventId} `));
        return new Set(ofEvent.map((mark) => mark.slice(eventId.length + 1)));
      },
    },
  };
}

function holds({ exists, equals = {}, atLeast = {} }: Condition = {}, row: Row | undefined): boolean {
  if (exists !== undefined && exists !== (row !== undefined)) return false;
  return (
    Object.entries(equals).every(([name, value]) => JSON.stringify(row?.[name]) === JSON.stringify(value)) &&
    Object.entries(atLeast).every(([name, least]) => Number(row?.[name] ?? Number.NaN) >= least)
  );
}

/** The row after the write; `undefined` where there is none. */
function written(write: EffectWrite, row: Row | undefined): Row | undefined {
  switch (write.kind) {
    case "put":
      return { ...write.row, ...write.key };
    case "update": {
      const sums = Object.entries(write.add ?? {}).map(([name, by]) => [name, Number(row?.[name] ?? 0) + by]);
      return { ...write.key, ...row, ...write.set, ...Object.fromEntries(sums) };
    }
    case "delete":
      return undefined;
    case "check":
      return row;
    default:
      return write satisfies never;
  }
}
