import { REASONS } from "../contract/errors.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { effectOf, verdictOn } from "../domain/redrive-verdict.ts";
import { examine, existingRow } from "./look-at-row.ts";
import type { LookPorts } from "./operator-ports.ts";

/** A row as operators see it: without what only the store's own writes need. */
export type FailedMessageView = Omit<
  FailedMessage,
  "revision" | "writeId" | "bodyHash" | "parkedBy" | "expiresAt"
>;

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
    return { ...viewOf(row), why: await whyOf(ports, row) };
  };
}

/** A row is shown also while orders or mails cannot be looked up: that is when people look. */
async function whyOf(ports: LookPorts, row: FailedMessage): Promise<Why> {
  const stated = { reason: row.reason, meaning: REASONS[row.reason] };
  try {
    const findings = await examine(ports, row);
    const verdict = verdictOn(row, findings);
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

function viewOf(row: FailedMessage): FailedMessageView {
  const { revision: _, writeId: __, bodyHash: ___, parkedBy: ____, expiresAt: _____, ...view } = row;
  return view;
}
