import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ended } from "../../../functions/failures/domain/job.ts";
import {
  breakerSays,
  counted,
  type Dealt,
  lookedAfter,
  newJob,
  type RedriveJob,
} from "../../../functions/failures/domain/redrive-job.ts";
import { NOW } from "../../fixtures/events.ts";

const fresh = newJob({ jobId: "j", filter: {}, ratePerSecond: 10, by: "olga", why: "w" }, NOW);
const dealt = (kind: "sent" | "refused", count: number, from = 0): Dealt[] =>
  Array.from({ length: count }, (_, i) => ({ kind, row: { failedKey: `k${from + i}`, generation: 1 } }));
const rowsOf = (job: RedriveJob, back: number) =>
  new Map(
    job.recent.map(({ failedKey }, i) => [
      failedKey,
      i < back
        ? ({ status: "OPEN", generation: 2 } as const)
        : ({ status: "RESOLVED", generation: 1 } as const),
    ]),
  );

describe("a redrive job", () => {
  test("counts the outcome of each message", () => {
    const job = counted(fresh, [
      ...dealt("sent", 3),
      ...dealt("refused", 2, 3),
      { kind: "resolved" },
      { kind: "skipped" },
    ]);

    expect(job).toMatchObject({ sent: 3, refused: 2, resolved: 1, cameBack: 0 });
    expect(job.recent).toHaveLength(5);
  });

  test.each([
    [9, undefined],
    [10, "of the last 40 messages 0 were refused and 10 came back"],
  ])("%i that came back: %s", (back, says) => {
    const sent = counted(fresh, dealt("sent", 40));

    const job = lookedAfter(sent, rowsOf(sent, back));

    expect(job.cameBack).toBe(back);
    expect(breakerSays(job)).toBe(says);
    expect(lookedAfter(job, rowsOf(job, back)).cameBack).toBe(back);
  });

  test("adds refused and failed messages; those in flight do not count", () => {
    const sent = counted(fresh, [...dealt("sent", 8), ...dealt("refused", 4, 8), ...dealt("sent", 90, 12)]);
    const rows = new Map(
      Array.from({ length: 6 }, (_, i) => [`k${i}`, { status: "OPEN", generation: 2 } as const]),
    );

    expect(breakerSays(sent)).toBeUndefined();
    expect(breakerSays(lookedAfter(sent, rows))).toBe(
      "of the last 10 messages 4 were refused and 6 came back",
    );
  });

  test("forgets failures after 50 successes", () => {
    const bad = counted(fresh, dealt("refused", 9));
    const sent = counted(bad, dealt("sent", 50, 9));
    const well = lookedAfter(sent, rowsOf(sent, 0));

    expect(breakerSays(counted(well, dealt("refused", 9, 60)))).toBeUndefined();
  });

  test("a deleted, resolved or discarded row is a success; one in flight may still fail", () => {
    const sent = counted(fresh, dealt("sent", 4));
    const job = lookedAfter(
      sent,
      new Map([
        ["k0", undefined],
        ["k1", { status: "DISCARDED", generation: 1 } as const],
        ["k2", { status: "RETRYING", generation: 1 } as const],
      ]),
    );

    expect(Object.fromEntries(job.recent.map(({ failedKey, fate }) => [failedKey, fate]))).toEqual({
      k0: "well",
      k1: "well",
      k2: "under way",
      k3: "under way",
    });
  });

  test("ends done or stopped, to be deleted after 90 days", () => {
    expect(ended(fresh, NOW)).toMatchObject({ status: "DONE", expiresAt: NOW / 1_000 + 90 * 86_400 });
    expect(ended(fresh, NOW, "why")).toMatchObject({ status: "STOPPED", stoppedBecause: "why" });
  });

  test("never grows past what a row holds, and never counts a return twice", () => {
    const chunk = fc.record({
      kind: fc.constantFrom("sent" as const, "refused" as const),
      count: fc.integer({ min: 0, max: 120 }),
      back: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
        let job = fresh;
        let at = 0;
        for (const { kind, count, back } of chunks) {
          job = counted(job, dealt(kind, count, at));
          at += count;
          job = lookedAfter(job, rowsOf(job, back));
        }
        expect(job.recent.length).toBeLessThanOrEqual(350);
        expect(job.cameBack).toBeLessThanOrEqual(job.sent);
        expect(job.sent + job.refused).toBe(at);
      }),
    );
  });
});
