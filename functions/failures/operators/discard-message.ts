import type { FailedStatus } from "../../contract/failures.ts";
import type { DiscardAnswer, UndoAnswer } from "../../contract/operator-answers.ts";
import type { Discard, Undo } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import { discardConsequences } from "../domain/discard-consequences.ts";
import type { FailedMessage, FailedWrite } from "../domain/failed-message.ts";
import { gatherEvidence } from "../gather-evidence.ts";
import { changedProblem, lastAct, loadFailedMessage, requireGeneration } from "../load-failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import { applyWrite } from "../record-failure.ts";

/** Discards an open message; `undoDiscard` reverses it. Throws a Problem unless the message is open. */
export function discardMessage(ports: ActPorts) {
  return async (
    failedKey: string,
    { why, generation, dryRun }: Discard,
    by: string,
  ): Promise<DiscardAnswer> => {
    const row = await loadFailedMessage(ports, failedKey);
    requireGeneration(row, generation);
    const consequences = discardConsequences(row, await gatherEvidence(ports, row));
    if (row.status === "DISCARDED") return { ...stateOf(row), consequences, ...discardedBefore(row) };
    requireStatus(row, "OPEN", "Only an open message can be discarded.");
    if (dryRun === true) return { ...stateOf(row), consequences };
    const write = { kind: "discard", generation: row.generation, by, why } as const;
    return { ...stateOf(await written(ports, row, write)), consequences };
  };
}

/** Opens a discarded message again. Throws a Problem unless it is discarded and of the given generation. */
export function undoDiscard(ports: ActPorts) {
  return async (failedKey: string, { why, generation, dryRun }: Undo, by: string): Promise<UndoAnswer> => {
    const row = await loadFailedMessage(ports, failedKey);
    requireGeneration(row, generation);
    requireStatus(row, "DISCARDED", "Only a discard can be undone.");
    if (dryRun === true) return stateOf(row);
    return stateOf(await written(ports, row, { kind: "undo", generation: row.generation, by, why }));
  };
}

function discardedBefore({ history }: FailedMessage): Pick<DiscardAnswer, "discardedBefore"> {
  const entry = history.findLast(({ act }) => act === "discard");
  if (entry === undefined) return {};
  const { at, by, why } = entry;
  return { discardedBefore: { at, by, ...(why !== undefined && { why }) } };
}

function requireStatus(row: FailedMessage, status: FailedStatus, rule: string): void {
  if (row.status === status) return;
  throw new Problem("FAILED_MESSAGE_STATUS", { detail: `It is ${row.status}${lastAct(row)}. ${rule}` });
}

async function written(
  ports: ActPorts,
  { failedKey }: FailedMessage,
  write: Extract<FailedWrite, { kind: "discard" | "undo" }>,
): Promise<FailedMessage> {
  const { applied, row } = await applyWrite(ports, failedKey, write);
  if (!applied || row === undefined) throw changedProblem(row);
  ports.audit({ act: write.kind, failedKey, by: write.by, outcome: row.status });
  return row;
}

const stateOf = ({ failedKey, status, generation }: FailedMessage): UndoAnswer => ({
  failedKey,
  status,
  generation,
});
