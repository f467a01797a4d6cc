import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finishJob } from "../../../functions/failures/domain/job.ts";
import {
  newRepublishJob,
  type RepublishJob,
  recordRepublished,
  republishBreakerReason,
} from "../../../functions/failures/domain/republish-job.ts";
import { NOW } from "../../fixtures/events.ts";

const fresh = newRepublishJob(
  {
    jobId: "j",
    orders: { status: "PENDING", olderThanSeconds: 600 },
    ratePerSecond: 10,
    by: "olga",
    why: "w",
  },
  NOW,
);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("a republish", () => {
  test("matches orders without a change for the given time before its start", () => {
    expect(fresh).toMatchObject({
      status: "RUNNING",
      revision: 1,
      orders: { status: "PENDING", before: new Date(NOW - 600_000).toISOString() },
      startedAt: new Date(NOW).toISOString(),
      dueAt: new Date(NOW).toISOString(),
    });
    expect(fresh.orders).not.toHaveProperty("olderThanSeconds");
  });

  test("counts the result of each event, and continues after the last order", () => {
    const job = recordRepublished(fresh, ["published", "refused", "published"], "B");

    expect(job).toMatchObject({ done: 2, refused: 1, after: "B" });
  });

  test.each([
    [9, 41, undefined],
    [10, 40, "the topic refused 10 of the last 50 events"],
    [10, 0, "the topic refused 10 of the last 10 events"],
  ])("%i refused and %i published: %s", (refused, published, reason) => {
    const job = recordRepublished(
      fresh,
      [...times(refused, "refused" as const), ...times(published, "published" as const)],
      "B",
    );

    expect(republishBreakerReason(job)).toBe(reason);
  });

  test("ignores refusals before the last fifty events", () => {
    const job = recordRepublished(
      recordRepublished(fresh, times(9, "refused"), "A"),
      times(50, "published"),
      "B",
    );

    expect(republishBreakerReason(recordRepublished(job, times(9, "refused"), "C"))).toBeUndefined();
  });

  test("ends done or stopped, to be deleted after 90 days", () => {
    const expiresAt = NOW / 1_000 + 90 * 86_400;

    expect(finishJob(fresh, NOW)).toMatchObject({ status: "DONE", expiresAt });
    expect(finishJob(fresh, NOW, "w")).toMatchObject({
      status: "STOPPED",
      stoppedBecause: "w",
      expiresAt,
    });
  });

  test("never exceeds the size of a row, and loses no event", () => {
    const chunk = fc.array(fc.constantFrom("published" as const, "refused" as const), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(chunk), (chunks) => {
        const job = chunks.reduce<RepublishJob>(
          (before, each) => recordRepublished(before, each, "x"),
          fresh,
        );

        expect(job.recent.length).toBeLessThanOrEqual(50);
        expect(job.done + job.refused).toBe(chunks.flat().length);
      }),
    );
  });
});
