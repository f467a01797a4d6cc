import { effectSettledBecause } from "./domain/effect-check.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import { dueMessages, groupsOf, openMessages } from "./due-messages.ts";
import { evidenceFor } from "./load-failed-message.ts";
import type { LookPorts } from "./operator-ports.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";

/** Open rows that are looked at side by side: there may be thousands, and a minute to look at them. */
const AT_ONCE = 10;

type SweepPorts = FailurePorts & Pick<LookPorts, "orders" | "notifications">;

/**
 * Keeps the store honest: rows whose message never came back are opened, and open rows whose order shows that
 * nothing is left to do are resolved. Each pass ends at the deadline, and the next minute goes on from there.
 */
export function sweepFailedMessages(ports: SweepPorts) {
  return async (deadline: number): Promise<{ opened: number; settled: number; open: number }> => {
    let opened = 0;
    let settled = 0;
    for (const status of ["RETRYING", "REDRIVEN"] as const) {
      for await (const row of dueMessages(ports, status, deadline)) {
        const { applied } = await applyWrite(ports, row.failedKey, { kind: "overdue" });
        if (applied) opened += 1;
      }
    }
    const settle = async (row: FailedMessage) => {
      const because = effectSettledBecause(row, await evidenceFor(ports, row));
      if (because === undefined) return;
      const { applied } = await applyWrite(ports, row.failedKey, { kind: "settle", why: because });
      if (applied) settled += 1;
    };
    for await (const rows of groupsOf(openMessages(ports, "sweep", deadline), AT_ONCE)) {
      await Promise.all(rows.map(settle));
    }
    return { opened, settled, open: await ports.failedMessages.count("OPEN") };
  };
}
