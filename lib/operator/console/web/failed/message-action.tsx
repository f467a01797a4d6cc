import { ActionDialog, type Preview } from "./action-dialog.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import { discard, type FailedMessage, redrive, dryRunDiscard, dryRunRedrive, dryRunUndo, undo } from "./failed-api.ts";
import { redrivePreview, redriveAnnouncement } from "./redrive-preview.tsx";

export type Act = "redrive" | "edit" | "discard" | "undo" | "mail-sent" | "mail-not-sent";

/** What can be done with a message as it is, the most likely first. */
export function actionsFor(row: FailedMessage): readonly Act[] {
  const { status, why } = row;
  if (status === "DISCARDED") return ["undo"];
  if (status !== "OPEN") return [];
  if (isMailInDoubt(row)) return ["mail-not-sent", "mail-sent", "discard"];
  return why.redriveWould === "refuse" ? ["edit", "discard", "redrive"] : ["redrive", "edit", "discard"];
}

/** Nobody but a person can tell whether a mail went out whose answer was lost. */
function isMailInDoubt({ consumer, orderId, why }: FailedMessage): boolean {
  return consumer === "notify-customer" && orderId !== undefined && why.effect === "unknown";
}

interface MessageActionProps {
  readonly act: Act;
  readonly row: FailedMessage;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}

/** The dialog of one act on one message. */
export function MessageActionDialog({ act, row, onClose, onDone }: MessageActionProps) {
  switch (act) {
    case "redrive":
      return (
        <ActionDialog
          title="Redrive this message"
          label="Redrive it"
          preview={async () => redrivePreview(await dryRunRedrive(row))}
          act={async (why) => onDone(redriveAnnouncement(await redrive(row, why)))}
          onClose={onClose}
        />
      );
    case "mail-sent":
    case "mail-not-sent": {
      const mail = act === "mail-sent" ? "sent" : "not-sent";
      return (
        <ActionDialog
          title={mail === "sent" ? "The mail was sent" : "The mail was not sent"}
          label={mail === "sent" ? "Resolve it" : "Send the mail"}
          preview={async () => redrivePreview(await dryRunRedrive(row, mail))}
          act={async (why) => onDone(redriveAnnouncement(await redrive(row, why, mail)))}
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
          label="Discard it"
          preview={() => discardPreview(row)}
          act={async (why) => {
            await discard(row, why);
            onDone("The message was discarded.");
          }}
          onClose={onClose}
        />
      );
    case "undo":
      return (
        <ActionDialog
          title="Undo the discard"
          label="Open it again"
          preview={async () => {
            await dryRunUndo(row);
            return { text: <p>It becomes open again, as it was.</p>, isPossible: true };
          }}
          act={async (why) => {
            await undo(row, why);
            onDone("The message is open again.");
          }}
          onClose={onClose}
        />
      );
  }
}

async function discardPreview(row: FailedMessage): Promise<Preview> {
  const { consequences } = await dryRunDiscard(row);
  const text =
    consequences.length === 0 ? (
      <p>Nothing stays undone by this.</p>
    ) : (
      <>
        <p>This stays undone:</p>
        <ul>
          {consequences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </>
    );
  return { text, isPossible: true };
}
