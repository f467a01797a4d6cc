import { checkEffect } from "../domain/effect-check.ts";
import { type ListedMessage, openCountOf } from "../domain/failed-listing.ts";
import { type EvidencePorts, gatherEvidenceOfMany } from "../gather-evidence.ts";
import type { ActPorts } from "../operator-ports.ts";
import { applyWrite, type FailurePorts } from "../record-failure.ts";
import { COUNTING_STEP, visitDueRows, visitOpenRows } from "../visit-rows.ts";

type SweepPorts = FailurePorts & Pick<ActPorts, EvidencePorts | "audit">;

/**
 * Opens the rows whose message never returned, and resolves open rows whose effect exists. Ends at the deadline; the
 * next minute continues from there. `open` is the number of open rows, once they have been counted.
 */
export function sweepFailedMessages(ports: SweepPorts) {
  const audit = (act: "overdue" | "resolve", { failedKey }: ListedMessage) =>
    ports.audit({ act, failedKey, by: "maintenance" });

  async function openOverdue(row: ListedMessage): Promise<boolean> {
    const { applied } = await applyWrite(ports, row.failedKey, { kind: "overdue" });
    if (applied) audit("overdue", row);
    return applied;
  }

  async function resolveDone(rows: readonly ListedMessage[]): Promise<number> {
    const evidence = await gatherEvidenceOfMany(ports, rows);
    return countTrue(
      rows.map(async (row) => {
        const { effect, because } = checkEffect(row, await evidence(row));
        if (effect !== "done") return false;
        const { applied } = await applyWrite(ports, row.failedKey, { kind: "resolve-open", why: because });
        if (applied) audit("resolve", row);
        return applied;
      }),
    );
  }

  return async (deadline: number): Promise<Record<string, number>> => {
    const totals = { opened: 0, resolved: 0 };
    const failures: unknown[] = [];
    for (const status of ["RETRYING", "REDRIVEN"] as const)
      await visitDueRows(ports, status, deadline, async (rows) => {
        const opened = await countTrue(rows.map(openOverdue));
        totals.opened += opened;
        return opened;
      }).catch((error: unknown) => failures.push(error));
    const progress = await visitOpenRows(ports, { name: COUNTING_STEP }, deadline, async (rows) => {
      const resolved = await resolveDone(rows);
      totals.resolved += resolved;
      return resolved;
    });
    if (failures.length > 0) throw failures[0];
    const open = openCountOf(progress);
    return open === undefined ? totals : { ...totals, open: open.count };
  };
}

async function countTrue(answers: readonly Promise<boolean>[]): Promise<number> {
  return (await Promise.all(answers)).filter(Boolean).length;
}
