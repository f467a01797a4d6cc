import type { RedriveAnswer } from "../../contract/operator-answers.ts";
import type { Edit, Redrive } from "../../contract/operator-schemas.ts";
import { describeError } from "../../middleware/error-text.ts";
import { escapeKey, jsonFault } from "../../middleware/json-faults.ts";
import { Problem } from "../../middleware/problem.ts";
import { type EditFault, editedEvent } from "../domain/edited-body.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { decideRedrive, type RedriveDecision } from "../domain/redrive-decision.ts";
import { gatherFindings } from "../gather-evidence.ts";
import { changedProblem, loadFailedMessage, requireGeneration } from "../load-failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import { applyWrite } from "../record-failure.ts";
import { type SentRedrive, sendRedrive } from "../send-redrive.ts";
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

/** Sends a message with another body, byte for byte. The row keeps the body that failed first. Throws a Problem. */
export function editMessage(ports: ActPorts) {
  return async (failedKey: string, edit: Edit, by: string): Promise<RedriveAnswer> => {
    const row = await loadFailedMessage(ports, failedKey);
    requireGeneration(row, edit.generation);
    const { body } = edit;
    const fault = textFault(body);
    if (fault !== undefined) throw new Problem("EDIT_REFUSED", { ...fault });
    const event = editedEvent(row.consumer, ports.decode(row.body), ports.decode(body));
    if (event.kind === "fault")
      throw new Problem("EDIT_REFUSED", { detail: event.detail, pointer: event.pointer });
    const { id: eventId, type: eventType, subject: orderId } = event.event;
    const edited = { body, eventId, eventType, orderId };
    const next = { ...row, ...edited };
    const decision = await withTargetCheck(
      decideRedrive(next, await gatherFindings(ports, next)),
      next,
      checkTargets(ports),
    );
    if (edit.dryRun === true) return dryAnswer(row, decision);
    const actor = { by, why: edit.why };
    if (decision.kind === "resolve") return resolved(ports, row, actor, decision);
    if (decision.kind === "refuse") throw refusal(decision);
    return sentAnswer(ports, await sendRedrive(ports, row, event.event, actor, edited));
  };
}

function refusal(decision: RedriveDecision): Problem {
  if (decision.kind !== "refuse") return new Problem("REDRIVE_REFUSED");
  return new Problem(decision.cause === "status" ? "FAILED_MESSAGE_STATUS" : "REDRIVE_REFUSED", {
    detail: decision.whyNot,
    ...(decision.cause === "mail" ? { pointer: "/mail" } : {}),
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
  const write = { kind: "resolve-open", by, why: `${because}; ${why}` } as const;
  const { row: after = row } = await applyWrite(ports, failedKey, write);
  ports.audit({ act: "redrive", failedKey, by: actor.by, outcome: "resolved" });
  return answer(after, "resolved", because);
}

function sentAnswer({ isOutage }: ActPorts, sent: SentRedrive): RedriveAnswer {
  switch (sent.kind) {
    case "sent":
      return { ...answer(sent.row, "sent"), redriveId: sent.redriveId };
    case "changed":
      throw changedProblem(sent.row);
    case "failed":
      if (isOutage(sent.error)) throw sent.error;
      throw new Problem("REDRIVE_REFUSED", {
        detail: `The message could not be sent and is open again: ${describeError(sent.error).errorName}.`,
      });
  }
}

function dryAnswer(row: FailedMessage, decision: RedriveDecision): RedriveAnswer {
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

/** What the API refuses in a body, of the text of an edited one: it is sent byte for byte. Never throws. */
export function textFault(text: string): EditFault | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { detail: "The body is not valid JSON.", pointer: "/body" };
  }
  const fault = jsonFault(text);
  if (fault !== undefined) return { detail: fault.detail, pointer: `/body${fault.pointer}` };
  const pointer = loneSurrogate(value);
  if (pointer === undefined) return undefined;
  return {
    detail: `${pointer === "" ? "The body" : pointer} holds a lone surrogate.`,
    pointer: `/body${pointer}`,
  };
}

/** The pointer of the first string or key that is not Unicode. The depth was checked before. */
function loneSurrogate(value: unknown): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : "";
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const below = key.isWellFormed() ? loneSurrogate(item) : "";
    if (below !== undefined) return `/${escapeKey(key).toWellFormed()}${below}`;
  }
  return undefined;
}
