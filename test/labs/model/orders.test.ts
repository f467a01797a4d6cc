import fc from "fast-check";
import { expect, test } from "vitest";
import { runModel } from "./run-model.ts";

const RUNS = Number(process.env["MODEL_RUNS"] ?? 400);
const SEED = Number(process.env["MODEL_SEED"] ?? 1);

test(`orders and stock match the reference over ${RUNS} lists of commands`, async () => {
  const reached = { mails: 0, parked: new Set<string>(), statuses: new Set<string>() };

  const details = await runModel({
    runs: RUNS,
    seed: SEED,
    onAtRest({ rig }) {
      reached.mails += rig.mailer.outbox.length;
      for (const { reason } of rig.tables.rows.failed.values()) reached.parked.add(reason);
      for (const { status, stockHeld } of rig.tables.rows.orders.values()) {
        reached.statuses.add(`${status} ${stockHeld}`);
      }
    },
  });

  expect(fc.defaultReportMessage(details) ?? "agreed").toBe("agreed");
  // Lists that do not reach these states would prove nothing.
  expect([...reached.statuses].sort()).toEqual([
    "CANCELLED false",
    "CANCELLED undefined",
    "CONFIRMED true",
    "REJECTED undefined",
  ]);
  expect([...reached.parked]).toEqual(
    expect.arrayContaining(["PUBLISH_FAILED", "RETRIES_EXHAUSTED", "OUTCOME_UNKNOWN", "UNKNOWN_ORDER"]),
  );
  expect(reached.mails).toBeGreaterThan(RUNS);
});
