import { checkEffect } from "../domain/effect-check.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { chunk, dueRows, openRows } from "../due-messages.ts";
import { type EvidencePorts, gatherEvidence } from "../load-failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import { applyWrite, type FailurePorts } from "../record-failure.ts";

/** Open rows checked concurrently: there may be thousands, and maintenance has a minute. */
const AT_ONCE = 10;

type SweepPorts = FailurePorts & Pick<ActPorts, EvidencePorts | "audit">;

/**
 * Opens the rows whose message never returned, and resolves open rows whose effect exists. Ends at the deadline; the
 * next minute continues from there.
 */
export function sweepFailedMessages(ports: SweepPorts) {
  return async (deadline: number): Promise<{ opened: number; resolved: number; open: number }> => {
    const audit = (act: "overdue" | "resolve", { failedKey }: FailedMessage) =>
      ports.audit({ act, failedKey, by: "maintenance" });
    let opened = 0;
    let resolved = 0;
    for (const status of ["RETRYING", "REDRIVEN"] as const) {
      for await (const row of dueRows(ports, status, deadline)) {
        const { applied } = await applyWrite(ports, row.failedKey, { kind: "overdue" });
        if (!applied) continue;
        opened += 1;
        audit("overdue", row);
      }
    }
    const resolveIfThere = async (row: FailedMessage) => {
      const { effect, because } = checkEffect(row, await gatherEvidence(ports, row));
      if (effect !== "done") return;
      const { applied } = await applyWrite(ports, row.failedKey, { kind: "resolve-open", why: because });
      if (!applied) return;
      resolved += 1;
      audit("resolve", row);
    };
    for await (const rows of chunk(openRows(ports, "sweep", deadline), AT_ONCE)) {
      await Promise.all(rows.map(resolveIfThere));
    }
    return { opened, resolved, open: await ports.failedMessages.count("OPEN") };
  };
}
