import { METRICS } from "../../../../functions/contract/names.ts";
import { CANARY } from "../cloud/mailbox.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";

const SUM = [METRICS.consumed, METRICS.duplicate, METRICS.ignored, METRICS.failed, METRICS.parked];

/** I19: no personal data in logs, metrics or failed messages. */
export function checkCanaries({ log, tables }: SimulatedSystem): void {
  for (const text of log)
    assertInvariant(!text.includes(CANARY), "I19", () => `an address is in the log: ${text}`);
  const rows = JSON.stringify([...tables.rows.failed.values()]);
  assertInvariant(!rows.includes(CANARY), "I19", () => `an address is in the failed-message store: ${rows}`);
}

/** I17: received = consumed + duplicate + ignored + failed + parked. */
export function checkMetrics({ log }: SimulatedSystem): void {
  for (const line of log.flatMap((text) => text.split("\n"))) {
    if (!line.includes(METRICS.received)) continue;
    const counts = JSON.parse(line) as Readonly<Record<string, number | undefined>>;
    const sum = SUM.reduce((total, name) => total + (counts[name] ?? 0), 0);
    assertInvariant(
      sum === (counts[METRICS.received] ?? 0),
      "I17",
      () => `the counts do not add up: ${line}`,
    );
  }
}
