import { describe, expect, test } from "vitest";
import {
  type FailedMessage,
  type FailedWrite,
  failedKeyOf,
} from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { at, facts, failedRow } from "../../fixtures/failed-rows.ts";

const message = { ...facts(), failedKey: failedKeyOf(facts()) };
const error = new Error("no");

describe("the history of a failed message", () => {
  const acts = (writes: readonly FailedWrite[]) =>
    writes
      .reduce<FailedMessage | undefined>(
        (row, write, i) => transition(row, write, at((i + 1) * 3_600), message) ?? row,
        failedRow(),
      )
      ?.history.map(({ by, act, why }) => [by, act, why]);
  const redrive = (generation: number, redriveId = "redrive-0"): FailedWrite => ({
    kind: "redrive",
    by: "ops@example",
    redriveId,
    generation,
    why: "mended",
  });
  const first = ["order-created", "park", "UNKNOWN_ORDER"];
  const sent = ["ops@example", "redrive", "mended"];

  test.each<[string, readonly FailedWrite[], readonly unknown[]]>([
    [
      "failed again, with the error",
      [redrive(1), { kind: "last-attempt", error }, { kind: "park", reason: "RETRIES_EXHAUSTED" }],
      [
        ["order-created", "last attempt", "RETRIES_EXHAUSTED: Error"],
        ["order-created", "park", "RETRIES_EXHAUSTED"],
      ],
    ],
    ["did not return", [redrive(1), { kind: "overdue" }], [["order-created", "overdue", "NEVER_RETURNED"]]],
    [
      "could not be sent",
      [redrive(1), { kind: "send-failed", redriveId: "redrive-0", error }],
      [["order-created", "send failed", "the message could not be sent: Error"]],
    ],
    [
      "succeeded",
      [redrive(1), { kind: "resolve", by: "order-created" }],
      [["order-created", "resolve", undefined]],
    ],
  ])("records that a redriven message %s", (_, writes, expected) => {
    expect(acts(writes)).toEqual([first, sent, ...expected]);
    expect(acts([...writes, redrive(2, "redrive-9"), { kind: "overdue" }])?.slice(0, 2)).toEqual([
      first,
      sent,
    ]);
  });

  test("records a repeated delivery once", () => {
    const park = { kind: "park", reason: "STATE_CONFLICT" } as const;
    const record = { ...message, source: "kafka:order-events-0@7" };
    const parked = transition(undefined, park, at(0), record);

    expect(transition(parked, park, at(60), record)).toBeUndefined();
    expect(parked?.history).toHaveLength(1);
  });
});
