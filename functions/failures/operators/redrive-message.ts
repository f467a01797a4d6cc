import type { RedriveAnswer } from "../../contract/operator-answers.ts";
import type { Redrive } from "../../contract/operator-schemas.ts";
import { Problem } from "../../middleware/problem.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { decideRedrive, type RedriveDecision } from "../domain/redrive-decision.ts";
import { gatherFindings } from "../gather-evidence.ts";
import { changedProblem, loadFailedMessage, requireGeneration } from "../load-failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import { applyWrite } from "../record-failure.ts";
import { notSentText, type SentRedrive, sendRedrive } from "../send-redrive.ts";
import { checkTargets, withTargetCheck } from "./check-target.ts";
import { recordMailDecision, whyWithMail } from "./decide-mail.ts";

/** Redrives one message, or resolves it where its effect is done. Throws a Problem. */
export function redriveMessage(ports: ActPorts) {
  return async (
    failedKey: string,
    { why, generation, dryRun, mail }: Redrive,
    by: string,
  ): Promise<RedriveAnswer> => {
    const row = await loadFailedMessage(ports, failedKey);
    if (row.status === "RESOLVED") return answer(row, "resolved", "it is resolved already");
    requireGeneration(row, generation);
    const findings = await gatherFindings(ports, row);
    const decision = await withTargetCheck(decideRedrive(row, findings, mail), row, checkTargets(ports));
    if (dryRun === true) return dryAnswer(row, decision);
    if (decision.kind !== "refuse") await recordMailDecision(ports, row, findings.evidence, mail, { by });
    if (decision.kind === "resolve") return resolved(ports, row, { by, why }, decision);
    if (decision.kind === "refuse" || findings.content.kind === "malformed") throw refusal(decision);
    const actor = { by, why: whyWithMail(why, mail) };
    return sentAnswer(ports, await sendRedrive(ports, row, findings.content.message, actor));
  };
}

export function refusal(decision: RedriveDecision): Problem {
  if (decision.kind !== "refuse") return new Problem("REDRIVE_REFUSED");
  return new Problem(decision.cause === "status" ? "FAILED_MESSAGE_STATUS" : "REDRIVE_REFUSED", {
    detail: decision.whyNot,
    ...(decision.cause === "mail" ? { pointer: "/mail" } : {}),
  });
}

export async function resolved(
  ports: ActPorts,
  row: FailedMessage,
  actor: { readonly by: string; readonly why: string },
  { because }: Extract<RedriveDecision, { kind: "resolve" }>,
): Promise<RedriveAnswer> {
  const { failedKey } = row;
  const { by, why } = actor;
  const write = { kind: "resolve-open", by, why: `${because}; ${why}` } as const;
  const { row: after = row } = await applyWrite(ports, failedKey, write);
  ports.audit({ act: "redrive", failedKey, by: actor.by, outcome: "resolved" });
  return answer(after, "resolved", because);
}

export function sentAnswer({ isOutage }: ActPorts, sent: SentRedrive): RedriveAnswer {
  switch (sent.kind) {
    case "sent":
      return { ...answer(sent.row, "sent"), redriveId: sent.redriveId };
    case "changed":
      throw changedProblem(sent.row);
    case "failed":
      if (isOutage(sent.error)) throw sent.error;
      throw new Problem("REDRIVE_REFUSED", { detail: notSentText(sent) });
  }
}

export function dryAnswer(row: FailedMessage, decision: RedriveDecision): RedriveAnswer {
  switch (decision.kind) {
    case "send":
      return answer(row, "would send", decision.warning);
    case "resolve":
      return answer(row, "would resolve", decision.because);
    case "refuse":
      return answer(row, "would refuse", decision.whyNot);
  }
}

function answer(
  { failedKey, status, generation }: FailedMessage,
  outcome: RedriveAnswer["outcome"],
  because?: string,
): RedriveAnswer {
  return { failedKey, status, generation, outcome, ...(because === undefined ? {} : { because }) };
}
