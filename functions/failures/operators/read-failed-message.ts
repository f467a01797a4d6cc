import { REASONS } from "../../contract/failures.ts";
import type { FailedMessageBody, FailedMessageView, Why } from "../../contract/operator-answers.ts";
import { contradictionsOf } from "../domain/contradictions.ts";
import { checkEffect, isInDoubt } from "../domain/effect-check.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { pick } from "../domain/pick.ts";
import { decideRedrive, type RedriveDecision } from "../domain/redrive-decision.ts";
import { gatherFindings } from "../gather-evidence.ts";
import { loadFailedMessage } from "../load-failed-message.ts";
import type { InspectPorts } from "../operator-ports.ts";
import type { FailurePorts } from "../record-failure.ts";

const SHOWN = [
  "failedKey",
  "status",
  "consumer",
  "source",
  "eventId",
  "eventType",
  "orderId",
  "reason",
  "errorName",
  "errorMessage",
  "fingerprint",
  "firstAt",
  "lastAt",
  "dueAt",
  "failures",
  "generation",
  "redriveId",
  "jobId",
] as const satisfies readonly (keyof FailedMessage)[];

const SHOWN_OF_BODY = [
  "failedKey",
  "generation",
  "body",
  "originalBody",
  "attributes",
] as const satisfies readonly (keyof FailedMessage)[];

export function readFailedMessageBody(ports: FailurePorts) {
  return async (failedKey: string): Promise<FailedMessageBody> =>
    pick(await loadFailedMessage(ports, failedKey), SHOWN_OF_BODY);
}

export function readFailedMessage(ports: InspectPorts) {
  return async (failedKey: string): Promise<FailedMessageView> => {
    const row = await loadFailedMessage(ports, failedKey);
    const history = row.history.map(({ writeId: _, ...entry }) => entry);
    return { ...pick(row, SHOWN), history, why: await whyOf(ports, row) };
  };
}

function whyNotOf(decision: RedriveDecision): Pick<Why, "whyNot"> {
  const whyNot =
    decision.kind === "refuse" ? decision.whyNot : decision.kind === "send" ? decision.warning : undefined;
  return whyNot === undefined ? {} : { whyNot };
}

/** Never rejects: operators read failed messages during an outage of the order or mail table. */
async function whyOf(ports: InspectPorts, row: FailedMessage): Promise<Why> {
  const stated = { reason: row.reason, meaning: REASONS[row.reason] };
  try {
    const findings = await gatherFindings(ports, row);
    const decision = decideRedrive(row, findings);
    const { content, evidence } = findings;
    const isContradiction =
      row.reason === "EVENT_CONTRADICTS_ORDER" && content.kind === "message" && evidence.order !== undefined;
    return {
      ...stated,
      ...(isContradiction ? { differences: [...contradictionsOf(content.message, evidence.order)] } : {}),
      ...checkEffect(row, evidence),
      isInDoubt: isInDoubt(row, evidence),
      redriveWould: decision.kind,
      ...whyNotOf(decision),
    };
  } catch {
    const because = "its order cannot be read now";
    const refused = { redriveWould: "refuse", whyNot: `${because}: try again` } as const;
    return { ...stated, effect: "unknown", because, isInDoubt: false, ...refused };
  }
}
