import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finishJob } from "../../../functions/failures/domain/job.ts";
import {
  type MessageJob,
  type MessageResult,
  newMessageJob,
  recordProgress,
  redriveBreakerReason,
  updateOutcomes,
} from "../../../functions/failures/domain/message-job.ts";
import { NOW } from "../../fixtures/events.ts";

const fresh = newMessageJob(
  { jobId: "j", act: "redrive", filter: {}, ratePerSecond: 10, by: "olga", why: "w" },
  NOW,
);
const dealt = (kind: MessageResult["kind"], count: number, from = 0): MessageResult[] =>
  Array.from({ length: count }, (_, i) => {
    const message = { failedKey: `k${from + i}`, generation: 1 };
    return kind === "refused" ? { kind, because: "It has no queue.", message } : { kind, message };
  });
const rowsOf = (job: MessageJob, back: number) =>
  new Map(
    job.recent.map(({ failedKey }, i) => [
      failedKey,
      i < back
        ? ({ status: "OPEN", generation: 2 } as const)
        : ({ status: "RESOLVED", generation: 1 } as const),
    ]),
  );

describe("a redrive of many", () => {
  test("counts the result of each message", () => {
    const job = recordProgress(fresh, [
      ...dealt("done", 3),
      ...dealt("refused", 2, 3),
      ...dealt("resolved", 1, 5),
      ...dealt("skipped", 1, 6),
    ]);

    expect(job).toMatchObject({ done: 3, refused: 2, resolved: 1, skipped: 1, failedAgain: 0 });
    expect(job.recent).toHaveLength(5);
  });

  test("counts refusals by reason, of the first few different reasons", () => {
    const refused = (reasons: readonly number[]): MessageResult[] =>
      reasons.map((reason) => ({
        kind: "refused",
        because: `reason ${reason}`,
        message: { failedKey: `k${reason}`, generation: 1 },
      }));

    const job = recordProgress(recordProgress(fresh, refused([1, 2, 1])), refused([3, 4, 5, 6, 7, 1]));

    expect(job.refused).toBe(9);
    expect(job.refusals).toEqual([
      { because: "reason 1", count: 3 },
      ...[2, 3, 4, 5].map((reason) => ({ because: `reason ${reason}`, count: 1 })),
    ]);
  });

  test.each([
    [9, undefined],
    [10, "of the last 40 messages 0 were refused and 10 failed again"],
  ])("%i returned messages: %s", (back, reason) => {
    const sent = recordProgress(fresh, dealt("done", 40));

    const job = updateOutcomes(sent, rowsOf(sent, back));

    expect(job.failedAgain).toBe(back);
    expect(redriveBreakerReason(job)).toBe(reason);
    expect(updateOutcomes(job, rowsOf(job, back)).failedAgain).toBe(back);
  });

  test("adds refused and returned messages, and ignores those in progress", () => {
    const sent = recordProgress(fresh, [
      ...dealt("done", 8),
      ...dealt("refused", 4, 8),
      ...dealt("done", 90, 12),
    ]);
    const rows = new Map(
      Array.from({ length: 6 }, (_, i) => [`k${i}`, { status: "OPEN", generation: 2 } as const]),
    );

    expect(redriveBreakerReason(sent)).toBeUndefined();
    expect(redriveBreakerReason(updateOutcomes(sent, rows))).toBe(
      "of the last 10 messages 4 were refused and 6 failed again",
    );
  });

  test("ignores failures before the last 50 successes", () => {
    const bad = recordProgress(fresh, dealt("refused", 9));
    const sent = recordProgress(bad, dealt("done", 50, 9));
    const well = updateOutcomes(sent, rowsOf(sent, 0));

    expect(redriveBreakerReason(recordProgress(well, dealt("refused", 9, 60)))).toBeUndefined();
  });

  test("a deleted, resolved or discarded row is a success; a redriven one can still return", () => {
    const sent = recordProgress(fresh, dealt("done", 4));
    const job = updateOutcomes(
      sent,
      new Map([
        ["k0", undefined],
        ["k1", { status: "DISCARDED", generation: 1 } as const],
        ["k2", { status: "RETRYING", generation: 1 } as const],
      ]),
    );

    expect(Object.fromEntries(job.recent.map(({ failedKey, outcome }) => [failedKey, outcome]))).toEqual({
      k0: "finished",
      k1: "finished",
      k2: "in flight",
      k3: "in flight",
    });
  });

  test("ends done or stopped, to be deleted after 90 days", () => {
    expect(finishJob(fresh, NOW)).toMatchObject({ status: "DONE", expiresAt: NOW / 1_000 + 90 * 86_400 });
    expect(finishJob(fresh, NOW, "why")).toMatchObject({ status: "STOPPED", stoppedBecause: "why" });
  });

  test("never exceeds the size of a row, and never counts a return twice", () => {
    const chunk = fc.record({
      kind: fc.constantFrom("done" as const, "refused" as const),
      count: fc.integer({ min: 0, max: 120 }),
      back: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
        let job = fresh;
        let at = 0;
        for (const { kind, count, back } of chunks) {
          job = recordProgress(job, dealt(kind, count, at));
          at += count;
          job = updateOutcomes(job, rowsOf(job, back));
        }
        expect(job.recent.length).toBeLessThanOrEqual(350);
        expect(job.failedAgain).toBeLessThanOrEqual(job.done);
        expect(job.done + job.refused).toBe(at);
      }),
    );
  });
});
