import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FailedStatus } from "../../../functions/contract/failures.ts";
import {
  type FailedMessage,
  type FailedWrite,
  failedKeyOf,
} from "../../../functions/failures/domain/failed-message.ts";
import { transition } from "../../../functions/failures/domain/failed-transition.ts";
import { at, facts, failedRow } from "../../fixtures/failed-rows.ts";

const RECORD = "kafka:order-events-0@10";
const from = (source: string) => ({ ...facts({ source }), failedKey: failedKeyOf(facts()) });
const park: FailedWrite = { kind: "park", reason: "MALFORMED_JSON" };
const last: FailedWrite = { kind: "last-attempt", error: new Error("throttled") };

describe("a repeated delivery of a parked message", () => {
  const statuses: readonly FailedStatus[] = ["RETRYING", "OPEN", "REDRIVEN", "RESOLVED", "DISCARDED"];

  test.each(statuses)("F3: does not change the row, %s", (status) => {
    const row = { ...transition(undefined, park, at(0), from(RECORD)), status } as FailedMessage;

    expect(transition(row, park, at(60), from(RECORD))).toBeUndefined();
    expect(transition(row, last, at(60), from(RECORD))).toBeUndefined();
  });

  test.each([
    ["another record of the topic", RECORD, "kafka:order-events-0@11"],
    ["the same offset in another partition", RECORD, "kafka:order-events-1@10"],
    ["a record whose offset has the same start", "kafka:order-events-0@1", RECORD],
    ["a queue, which names no record", "arn:aws:sqs:eu-central-1:0:a", "arn:aws:sqs:eu-central-1:0:a"],
  ])("F3: is not confused with %s", (_, first, second) => {
    const row = transition(undefined, park, at(0), from(first));

    expect(transition(row, park, at(60), from(second))).toMatchObject({ generation: 2, failures: 2 });
  });

  test("is parked where it had only stored its reason", () => {
    const left = transition(undefined, last, at(0), from(RECORD));

    expect(transition(left, park, at(60), from(RECORD))).toMatchObject({ status: "OPEN", generation: 1 });
  });

  test("is recognized after twenty others, which is the limit", () => {
    let row: FailedMessage | undefined;
    for (let offset = 1; offset <= 30; offset++) {
      row = transition(row, park, at(offset), from(`kafka:order-events-0@${offset}`)) ?? row;
    }

    expect(row).toMatchObject({ generation: 30 });
    expect(row?.parkedBy).toHaveLength(20);
    expect(transition(row, park, at(60), from("kafka:order-events-0@11"))).toBeUndefined();
  });
});

test("F3: a delivery that is parked any number of times, with operator actions in between, counts once", () => {
  const acts = fc.array(
    fc.constantFrom<FailedWrite["kind"] | "again" | "copy">(
      "again",
      "copy",
      "redrive",
      "send-failed",
      "resolve",
      "resolve-open",
      "discard",
      "undo",
      "retry",
      "overdue",
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(acts, (steps) => {
      /** The row after all steps, with or without the repeated delivery. */
      const after = (comesAgain: boolean): FailedMessage | undefined => {
        let row = transition(undefined, park, at(0), from(RECORD));
        for (const [i, step] of steps.entries()) {
          if (step === "again") {
            if (comesAgain) row = transition(row, i % 2 === 0 ? park : last, at(i), from(RECORD)) ?? row;
            continue;
          }
          const { generation = 0 } = row ?? {};
          const writes: Readonly<Record<typeof step, FailedWrite>> = {
            "last-attempt": last,
            copy: park,
            park,
            redrive: { kind: "redrive", generation, redriveId: "r", by: "ops" },
            "send-failed": { kind: "send-failed", redriveId: "r", error: new Error("no") },
            resolve: { kind: "resolve", by: "order-created" },
            "resolve-open": { kind: "resolve-open" },
            discard: { kind: "discard", generation, by: "ops", why: "a test" },
            undo: { kind: "undo", generation, by: "ops", why: "no test" },
            retry: { kind: "retry", leftOut: ["a"] },
            overdue: { kind: "overdue" },
          };
          // Each redriven message is a record of its own.
          const source = step === "copy" ? `kafka:order-events-0@${100 + (i % 15)}` : "";
          row = transition(row, writes[step], at(i * 3_601), from(source)) ?? row;
        }
        return row;
      };

      expect(after(true)).toEqual(after(false));
      expect(after(false)?.parkedBy).toContainEqual(expect.stringContaining(RECORD));
    }),
    { numRuns: 500 },
  );
});

test("I16: another body at the offset of a parked record, in a recreated topic, is parked as well", () => {
  const row = transition(undefined, park, at(0), from(RECORD));
  const other = { ...from(RECORD), body: '{"another":"body"}' };

  expect(transition(row, park, at(60), other)).toMatchObject({ generation: 2 });
});

test("a row without recorded deliveries is parked again by any delivery", () => {
  expect(transition(failedRow(), park, at(60), from(RECORD))).toMatchObject({
    generation: 2,
    parkedBy: [expect.stringContaining(RECORD)],
  });
});
