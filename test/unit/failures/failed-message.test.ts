import { describe, expect, test } from "vitest";
import type { FailedStatus } from "../../../functions/contract/failures.ts";
import {
  type FailedMessage,
  type FailedWrite,
  failedKeyOf,
} from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { sha256 } from "../../../functions/middleware/sha256.ts";
import { NOW } from "../../fixtures/events.ts";
import { at, facts, failedRow } from "../../fixtures/failed-rows.ts";

const STATUSES = ["none", "RETRYING", "OPEN", "REDRIVEN", "RESOLVED", "DISCARDED"] as const;
const message = { ...facts(), failedKey: failedKeyOf(facts()) };
const operator = { by: "ops@example", generation: 1 };
const WRITES: Readonly<Record<FailedWrite["kind"], FailedWrite>> = {
  "last-attempt": { kind: "last-attempt", error: new Error("throttled") },
  park: { kind: "park", reason: "STATE_CONFLICT" },
  redrive: { kind: "redrive", redriveId: "redrive-1", ...operator },
  "send-failed": { kind: "send-failed", redriveId: "redrive-0", error: new Error("no queue") },
  resolve: { kind: "resolve", by: "order-created" },
  "resolve-open": { kind: "resolve-open" },
  discard: { kind: "discard", why: "a test order", ...operator },
  undo: { kind: "undo", why: "needed after all", ...operator },
  retry: { kind: "retry", leftOut: ["a"] },
  overdue: { kind: "overdue" },
};

/** The resulting status by write, in the order of STATUSES; "-" where the row does not change. */
const TABLE: Readonly<Record<FailedWrite["kind"], readonly (FailedStatus | "-")[]>> = {
  "last-attempt": ["RETRYING", "RETRYING", "-", "RETRYING", "-", "-"],
  park: ["OPEN", "OPEN", "OPEN", "OPEN", "OPEN", "-"],
  redrive: ["-", "-", "REDRIVEN", "-", "-", "-"],
  "send-failed": ["-", "-", "-", "OPEN", "-", "-"],
  resolve: ["-", "RESOLVED", "RESOLVED", "RESOLVED", "-", "RESOLVED"],
  "resolve-open": ["-", "-", "RESOLVED", "-", "-", "-"],
  discard: ["-", "-", "DISCARDED", "-", "-", "-"],
  undo: ["-", "-", "-", "-", "-", "OPEN"],
  retry: ["RETRYING", "RETRYING", "-", "REDRIVEN", "-", "-"],
  overdue: ["-", "OPEN", "-", "OPEN", "-", "-"],
};

function rowIn(status: (typeof STATUSES)[number]): FailedMessage | undefined {
  return status === "none" ? undefined : failedRow({ redriveId: "redrive-0" }, status);
}

describe("a write to a failed message", () => {
  const cases = Object.entries(TABLE).flatMap(([kind, results]) =>
    results.map((result, i) => [kind as FailedWrite["kind"], STATUSES[i] ?? "none", result] as const),
  );

  test.each(cases)("%s on %s makes it %s", (kind, from, to) => {
    const row = rowIn(from);

    const next = transition(row, WRITES[kind], at(60), message);

    if (to === "-") expect(next).toBeUndefined();
    else {
      expect(next?.status).toBe(to);
      expect(next?.revision).toBe((row?.revision ?? 0) + 1);
      expect(next?.writeId).toBe("write-60");
    }
  });

  test.each(cases.filter(([, , to]) => to === "OPEN"))(
    "%s on %s leaves neither redrive nor expiry",
    (kind, from) => {
      const row = from === "none" ? undefined : failedRow({ redriveId: "redrive-0", expiresAt: 1 }, from);

      const next = transition(row, WRITES[kind], at(60), message);

      expect(next).not.toHaveProperty("redriveId");
      expect(next).not.toHaveProperty("expiresAt");
    },
  );

  test("creates a row only for a known message", () => {
    expect(transition(undefined, WRITES.park, at(0))).toBeUndefined();
  });
});

describe("parking", () => {
  test("keeps body, consumer, reason, times and count", () => {
    const error = new RangeError("no such order");

    const row = transition(undefined, { kind: "park", reason: "UNKNOWN_ORDER", error }, at(0), message);

    expect(row).toEqual({
      ...message,
      status: "OPEN",
      revision: 1,
      writeId: "write-0",
      dueAt: "2026-01-01T12:00:00.000Z",
      bodyHash: sha256(message.body),
      reason: "UNKNOWN_ORDER",
      errorName: "RangeError",
      errorMessage: "no such order",
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      firstAt: "2026-01-01T12:00:00.000Z",
      lastAt: "2026-01-01T12:00:00.000Z",
      failures: 1,
      generation: 1,
      history: [
        {
          at: "2026-01-01T12:00:00.000Z",
          by: "order-created",
          act: "park",
          why: "UNKNOWN_ORDER: RangeError",
          writeId: "write-0",
        },
      ],
    });
  });

  test("again increments the count, opens the next generation and keeps the first failure time", () => {
    const row = transition(failedRow(), WRITES.park, at(60), message);

    expect(row).toMatchObject({
      failures: 2,
      generation: 2,
      firstAt: "2026-01-01T12:00:00.000Z",
      lastAt: "2026-01-01T12:01:00.000Z",
      reason: "STATE_CONFLICT",
    });
  });

  test("without an error keeps that of the last attempt", () => {
    const left = transition(undefined, WRITES["last-attempt"], at(0), message);

    const row = transition(left, { kind: "park", reason: "RETRIES_EXHAUSTED" }, at(60), message);

    expect(row).toMatchObject({ errorName: "Error", errorMessage: "throttled", failures: 2, generation: 1 });
  });

  test("for a reason of its own has no error of an earlier failure", () => {
    const left = transition(undefined, WRITES["last-attempt"], at(0), message);

    const row = transition(left, { kind: "park", reason: "UNKNOWN_ORDER" }, at(60), message);

    expect(row).toMatchObject({ reason: "UNKNOWN_ORDER", history: [{}, { why: "UNKNOWN_ORDER" }] });
    expect(row).not.toHaveProperty("errorName");
    expect(row).not.toHaveProperty("errorMessage");
  });

  test("D10: removes the expiry of a resolved row that is parked again", () => {
    const row = transition(
      failedRow({ expiresAt: 1, redriveId: "r" }, "RESOLVED"),
      WRITES.park,
      at(0),
      message,
    );

    expect(row).not.toHaveProperty("expiresAt");
    expect(row).not.toHaveProperty("redriveId");
  });
});

describe("a redrive", () => {
  test("is recorded with operator and reason, and gets a due time", () => {
    const why = "stock was counted";

    const row = transition(failedRow(), { kind: "redrive", redriveId: "r-1", why, ...operator }, at(60));

    expect(row).toMatchObject({
      status: "REDRIVEN",
      redriveId: "r-1",
      dueAt: "2026-01-01T13:01:00.000Z",
      generation: 1,
      failures: 1,
      history: [{ act: "park" }, { at: "2026-01-01T12:01:00.000Z", by: "ops@example", act: "redrive", why }],
    });
  });

  test.each(["redrive", "discard"] as const)(
    "%s of another generation than the row's changes nothing",
    (kind) => {
      expect(transition(failedRow({ generation: 2 }), WRITES[kind], at(60))).toBeUndefined();
      expect(transition(failedRow({ generation: 0 }), WRITES[kind], at(60))).toBeUndefined();
    },
  );

  test("has no reason in the history where none was given", () => {
    const entry = transition(failedRow(), WRITES.redrive, at(60))?.history.at(-1);

    expect(entry).not.toHaveProperty("why");
    expect(entry).toMatchObject({ at: "2026-01-01T12:01:00.000Z", by: "ops@example", act: "redrive" });
  });
});

describe("a message that did not return", () => {
  test.each(["RETRYING", "REDRIVEN"] as const)("opens a %s row at its due time, not before", (status) => {
    const row = failedRow({ dueAt: new Date(NOW + 3_600_000).toISOString() }, status);

    expect(transition(row, WRITES.overdue, at(3_599))).toBeUndefined();
    expect(transition(row, WRITES.overdue, at(3_600))).toMatchObject({
      status: "OPEN",
      reason: "NEVER_RETURNED",
      lastAt: "2026-01-01T13:00:00.000Z",
      generation: 2,
      failures: 1,
    });
  });
});

describe("settling", () => {
  test.each([
    [WRITES.resolve, "RESOLVED", { by: "order-created", act: "resolve" }],
    [WRITES["resolve-open"], "RESOLVED", { by: "effect check", act: "resolve" }],
    [WRITES.discard, "DISCARDED", { by: "ops@example", act: "discard", why: "a test order" }],
  ] as const)("E12: by %o leaves an entry and an end after 90 days", (write, status, entry) => {
    const row = transition(failedRow(), write, at(60));

    expect(row).toMatchObject({
      status,
      dueAt: "2026-01-01T12:01:00.000Z",
      expiresAt: Math.floor((NOW + 60_000) / 1_000) + 90 * 86_400,
      history: [{ act: "park" }, { at: "2026-01-01T12:01:00.000Z", ...entry }],
    });
  });

  test("undo applies to the discard that the operator read, not to a later one", () => {
    const later = failedRow({ generation: 2 }, "DISCARDED");

    expect(transition(later, WRITES.undo, at(60))).toBeUndefined();
  });

  test("an undone discard is open in a new generation and does not expire", () => {
    const discarded = transition(failedRow(), WRITES.discard, at(60));

    const row = transition(discarded, WRITES.undo, at(120));

    expect(row).toMatchObject({ status: "OPEN", generation: 2, failures: 1 });
    expect([row?.dueAt, row?.lastAt]).toEqual(["2026-01-01T12:02:00.000Z", failedRow().lastAt]);
    expect(row?.history.map(({ act }) => act)).toEqual(["park", "discard", "undo"]);
    expect(row).not.toHaveProperty("expiresAt");
  });
});
