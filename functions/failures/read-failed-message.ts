import { REASONS } from "../contract/errors.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import { pick } from "./domain/pick.ts";
import { decideRedrive, effectOf } from "./domain/redrive-decision.ts";
import { examine, existingRow } from "./load-failed-message.ts";
import type { LookPorts } from "./operator-ports.ts";

const SHOWN = [
  "failedKey",
  "status",
  "consumer",
  "source",
  "body",
  "originalBody",
  "attributes",
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
  "history",
] as const satisfies readonly (keyof FailedMessage)[];

/** A row as operators see it: without what only the store's own writes need. */
export type FailedMessageView = Pick<FailedMessage, (typeof SHOWN)[number]>;

/** Why a message is there, and what can be done about it. */
export interface Why {
  readonly reason: string;
  readonly meaning: string;
  /** Whether what the message was to do is done. */
  readonly effect: "there" | "not there" | "unknown";
  readonly because?: string;
  readonly redriveWould: "resolve" | "send" | "refuse";
  readonly whyNot?: string;
}

export function readFailedMessage(ports: LookPorts) {
  return async (failedKey: string): Promise<FailedMessageView & { readonly why: Why }> => {
    const row = await existingRow(ports, failedKey);
    return { ...pick(row, SHOWN), why: await whyOf(ports, row) };
  };
}

/** A row is shown also while orders or mails cannot be looked up: that is when people look. */
async function whyOf(ports: LookPorts, row: FailedMessage): Promise<Why> {
  const stated = { reason: row.reason, meaning: REASONS[row.reason] };
  try {
    const findings = await examine(ports, row);
    const verdict = decideRedrive(row, findings);
    return {
      ...stated,
      ...effectOf(row, findings.evidence),
      redriveWould: verdict.kind,
      ...(verdict.kind === "refuse" ? { whyNot: verdict.whyNot } : {}),
    };
  } catch {
    const because = "its order cannot be looked up now";
    return { ...stated, effect: "unknown", because, redriveWould: "refuse", whyNot: `${because}: try again` };
  }
}
