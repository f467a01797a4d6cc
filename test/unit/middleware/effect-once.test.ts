import { describe, expect, test } from "vitest";
import { type Decision, type EffectOnce, onceForEach } from "../../../functions/middleware/effect-once.ts";
import { ignored, park, retry } from "../../../functions/middleware/outcome.ts";

const WRITES: Decision = { writes: [{ kind: "delete", table: "t", key: { id: "1" } }] };
const calls: [string, number][] = [];
const answering = (result: Awaited<ReturnType<EffectOnce["apply"]>> | Error): EffectOnce => ({
  async apply(eventId, _, deadline) {
    calls.push([eventId, deadline]);
    if (result instanceof Error) throw result;
    return result;
  },
});

describe("onceForEach", () => {
  test("applies the writes of each message under its id, until the deadline", async () => {
    calls.length = 0;

    const outcomes = await onceForEach(answering({ kind: "done" }), () => WRITES)(
      [{ id: "a" }, { id: "b" }],
      77,
    );

    expect(outcomes).toEqual([{ kind: "done" }, { kind: "done" }]);
    expect(calls).toEqual([
      ["a", 77],
      ["b", 77],
    ]);
  });

  test("gives duplicate for a duplicate", async () => {
    const handle = onceForEach(answering({ kind: "duplicate" }), () => WRITES);

    expect(await handle([{ id: "a" }], 0)).toEqual([{ kind: "duplicate" }]);
  });

  test("leaves a refusal to the caller, with the rows; without a decision it is a retry", async () => {
    const refused = answering({ kind: "refused", refusals: [{ index: 0, row: { id: "1" } }] });
    const decided = onceForEach(refused, () => ({
      ...WRITES,
      refused: ([first]) => park("STATE_CONFLICT", new Error(`row ${String(first?.row?.["id"])}`)),
    }));

    expect(await decided([{ id: "a" }], 0)).toEqual([park("STATE_CONFLICT", new Error("row 1"))]);
    expect(await onceForEach(refused, () => WRITES)([{ id: "a" }], 0)).toMatchObject([{ kind: "retry" }]);
  });

  test("takes an outcome in place of writes, and applies nothing", async () => {
    calls.length = 0;

    const handle = onceForEach(answering({ kind: "done" }), () => ignored("no points for gifts"));

    expect(await handle([{ id: "a" }], 0)).toEqual([ignored("no points for gifts")]);
    expect(calls).toEqual([]);
  });

  test("a message that fails affects no other", async () => {
    const failure = new Error("down");
    const handle = onceForEach<{ id: string }>(answering({ kind: "done" }), ({ id }) => {
      if (id === "bad") throw failure;
      return WRITES;
    });

    expect(await handle([{ id: "good" }, { id: "bad" }], 0)).toEqual([{ kind: "done" }, retry(failure)]);
    expect(await onceForEach(answering(failure), () => WRITES)([{ id: "a" }], 0)).toEqual([retry(failure)]);
  });
});
