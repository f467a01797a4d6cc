import type { RedriveAnswer } from "../../contract/operator-answers.ts";
import type { Edit } from "../../contract/operator-schemas.ts";
import { escapeKey, jsonFault } from "../../middleware/json-faults.ts";
import { Problem } from "../../middleware/problem.ts";
import { type EditFault, editedEvent } from "../domain/edited-body.ts";
import { decideRedrive } from "../domain/redrive-decision.ts";
import { gatherFindings } from "../gather-evidence.ts";
import { loadFailedMessage, requireGeneration } from "../load-failed-message.ts";
import type { ActPorts } from "../operator-ports.ts";
import { sendRedrive } from "../send-redrive.ts";
import { checkTargets, withTargetCheck } from "./check-target.ts";
import { dryAnswer, refusal, resolved, sentAnswer } from "./redrive-message.ts";

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
