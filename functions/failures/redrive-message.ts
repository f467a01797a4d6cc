import type { Edit, Redrive } from "../contract/operator-schemas.ts";
import { describeError } from "../middleware/error-text.ts";
import { Problem } from "../middleware/problem.ts";
import { checkTargets, confirmed } from "./check-target.ts";
import { withDecision, writeDecision } from "./decide-mail.ts";
import { editedEvent } from "./domain/edited-body.ts";
import type { FailedMessage, FailedStatus } from "./domain/failed-message.ts";
import { decideRedrive, type RedriveDecision } from "./domain/redrive-decision.ts";
import { changed, examine, existingRow, refuseOther } from "./load-failed-message.ts";
import type { ActPorts } from "./operator-ports.ts";
import { applyWrite } from "./record-failure.ts";
import { type SentRedrive, sendRedrive } from "./send-redrive.ts";

/** What a redrive did, or in a dry run would do. */
export interface RedriveAnswer {
  readonly failedKey: string;
  readonly status: FailedStatus;
  readonly generation: number;
  readonly outcome: "sent" | "resolved" | "would send" | "would resolve" | "would refuse";
  readonly because?: string;
  readonly redriveId?: string;
}

/** Sends one message again, unless its order shows that there is nothing left to do. Throws a Problem. */
export function redriveMessage(ports: ActPorts) {
  return async (
    failedKey: string,
    { why, generation, dryRun, mail }: Redrive,
    by: string,
  ): Promise<RedriveAnswer> => {
    const row = await existingRow(ports, failedKey);
    if (row.status === "RESOLVED") return answer(row, "resolved", "it was resolved before");
    refuseOther(row, generation);
    const findings = withDecision(row, await examine(ports, row), mail);
    const verdict = await confirmed(decideRedrive(row, findings), row, checkTargets(ports));
    if (dryRun === true) return dryAnswer(row, verdict);
    if (verdict.kind !== "refuse") await writeDecision(ports, row, mail, by);
    if (verdict.kind === "resolve") return resolved(ports, row, { by, why }, verdict);
    if (verdict.kind === "refuse" || findings.content.kind === "malformed") throw refusal(verdict);
    return sentAnswer(ports, await sendRedrive(ports, row, findings.content.message, { by, why }), failedKey);
  };
}

/** Replaces the body of a message and sends it. The row keeps the body that failed first. Throws a Problem. */
export function editMessage(ports: ActPorts) {
  return async (failedKey: string, edit: Edit, by: string): Promise<RedriveAnswer> => {
    const row = await existingRow(ports, failedKey);
    refuseOther(row, edit.generation);
    const body = JSON.stringify(edit.body);
    const event = editedEvent(row.consumer, ports.decode(row.body), ports.decode(body));
    if (event.kind === "fault")
      throw new Problem("EDIT_REFUSED", { detail: event.detail, pointer: event.pointer });
    const { id: eventId, type: eventType, subject: orderId } = event.event;
    const edited = { body, eventId, eventType, orderId };
    const next = { ...row, ...edited };
    const verdict = await confirmed(
      decideRedrive(next, await examine(ports, next)),
      next,
      checkTargets(ports),
    );
    if (edit.dryRun === true) return dryAnswer(row, verdict);
    const actor = { by, why: edit.why };
    if (verdict.kind === "resolve") return resolved(ports, row, actor, verdict);
    if (verdict.kind === "refuse") throw refusal(verdict);
    return sentAnswer(ports, await sendRedrive(ports, row, event.event, actor, edited), failedKey);
  };
}

function refusal(verdict: RedriveDecision): Problem {
  if (verdict.kind !== "refuse") return new Problem("REDRIVE_REFUSED");
  return new Problem(verdict.cause === "status" ? "FAILED_MESSAGE_STATUS" : "REDRIVE_REFUSED", {
    detail: verdict.whyNot,
  });
}

async function resolved(
  ports: ActPorts,
  row: FailedMessage,
  actor: { readonly by: string; readonly why: string },
  { because }: Extract<RedriveDecision, { kind: "resolve" }>,
): Promise<RedriveAnswer> {
  const { failedKey } = row;
  const { by, why } = actor;
  const write = { kind: "settle", by, why: `${because}; ${why}` } as const;
  const { row: after = row } = await applyWrite(ports, failedKey, write);
  ports.audit({ act: "redrive", failedKey, by: actor.by, outcome: "resolved" });
  return answer(after, "resolved", because);
}

function sentAnswer({ isOutage }: ActPorts, sent: SentRedrive, failedKey: string): RedriveAnswer {
  switch (sent.kind) {
    case "sent":
      return { ...answer(sent.row, "sent"), redriveId: sent.redriveId };
    case "changed":
      throw changed(failedKey, sent.row);
    case "failed":
      if (isOutage(sent.error)) throw sent.error;
      throw new Problem("REDRIVE_REFUSED", {
        detail: `It could not be sent and is open again: ${describeError(sent.error).errorName}.`,
      });
  }
}

function dryAnswer(row: FailedMessage, verdict: RedriveDecision): RedriveAnswer {
  switch (verdict.kind) {
    case "send":
      return answer(row, "would send");
    case "resolve":
      return answer(row, "would resolve", verdict.because);
    case "refuse":
      return answer(row, "would refuse", verdict.whyNot);
  }
}

function answer(
  { failedKey, status, generation }: FailedMessage,
  outcome: RedriveAnswer["outcome"],
  because?: string,
): RedriveAnswer {
  return { failedKey, status, generation, outcome, ...(because === undefined ? {} : { because }) };
}
