import type { OperationId } from "../../../../../functions/contract/api.ts";
import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import { DRY_RUN } from "../../../target/dry-run.ts";
import { clock } from "../format.ts";
import { ACT_LABELS } from "../jobs/act-labels.ts";
import { ActionDialog, type Preview } from "../page/action-dialog.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import { discard, redrive, undo } from "./failed-api.ts";
import { redriveAnnouncement, redrivePreview } from "./redrive-preview.tsx";

export type Action = "redrive" | "edit" | "discard" | "undo" | "mail-sent" | "mail-not-sent";

/** The operation of each action. */
export const OPERATIONS: Readonly<Record<Action, OperationId>> = {
  redrive: "redriveFailedMessage",
  edit: "editFailedMessage",
  discard: "discardFailedMessage",
  undo: "undoDiscard",
  "mail-sent": "redriveFailedMessage",
  "mail-not-sent": "redriveFailedMessage",
};

/** Actions that the state of a message allows, the most likely first. */
export function actionsFor(row: FailedMessageView): readonly Action[] {
  const { status, why } = row;
  if (status === "DISCARDED") return ["undo"];
  if (status !== "OPEN") return [];
  // Only an operator can find out whether a mail was sent whose response was lost.
  if (why.isInDoubt) return ["mail-not-sent", "mail-sent", "discard"];
  if (why.redriveWould === "refuse") return ["edit", "discard", "redrive"];
  // `whyNot` of a message that would be sent: it fails again.
  return why.whyNot === undefined ? ["redrive", "edit", "discard"] : ["discard", "redrive", "edit"];
}

interface MessageActionProps {
  readonly action: Action;
  readonly row: FailedMessageView;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}

/** The dialog of an action on a message. */
export function MessageActionDialog({ action, row, onClose, onDone }: MessageActionProps) {
  switch (action) {
    case "redrive":
      return (
        <ActionDialog
          title="Redrive this message"
          label={ACT_LABELS.redrive}
          preview={async () => redrivePreview(await redrive(row, DRY_RUN))}
          action={async (why) => onDone(redriveAnnouncement(await redrive(row, { why })))}
          onClose={onClose}
        />
      );
    case "mail-sent":
    case "mail-not-sent": {
      const mail = action === "mail-sent" ? "sent" : "not-sent";
      return (
        <ActionDialog
          title={mail === "sent" ? "The mail was sent" : "The mail was not sent"}
          label={mail === "sent" ? "Resolve" : "Send mail"}
          preview={async () => redrivePreview(await redrive(row, DRY_RUN, mail))}
          action={async (why) => onDone(redriveAnnouncement(await redrive(row, { why }, mail)))}
          onClose={onClose}
        />
      );
    }
    case "edit":
      return <EditDialog row={row} onClose={onClose} onDone={onDone} />;
    case "discard":
      return (
        <ActionDialog
          title="Discard this message"
          label={ACT_LABELS.discard}
          preview={() => discardPreview(row)}
          action={async (why) => {
            const { discardedBefore } = await discard(row, { why });
            onDone(
              discardedBefore === undefined
                ? "The message was discarded."
                : `${discardedBefore.by} had discarded the message at ${clock(Date.parse(discardedBefore.at))}.`,
            );
          }}
          onClose={onClose}
        />
      );
    case "undo":
      return (
        <ActionDialog
          title={ACT_LABELS.undo}
          label={ACT_LABELS.undo}
          preview={async () => {
            await undo(row, DRY_RUN);
            return { text: <p>The message will be open again.</p>, isPossible: true };
          }}
          action={async (why) => {
            await undo(row, { why });
            onDone("The message is open again.");
          }}
          onClose={onClose}
        />
      );
  }
}

async function discardPreview(row: FailedMessageView): Promise<Preview> {
  const { consequences } = await discard(row, DRY_RUN);
  const text =
    consequences.length === 0 ? (
      <p>The discard has no consequences.</p>
    ) : (
      <>
        <p>Consequences of the discard:</p>
        <ul>
          {consequences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </>
    );
  return { text, isPossible: true };
}
