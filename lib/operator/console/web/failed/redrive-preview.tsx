import type { RedriveAnswer } from "../../../../../functions/contract/operator-answers.ts";
import type { Preview } from "../page/action-dialog.tsx";

/** The dry run of a redrive. */
export function redrivePreview({ outcome, because }: RedriveAnswer): Preview {
  switch (outcome) {
    case "would refuse":
      return { text: <p class="bad">The redrive would be refused. {because}</p>, isPossible: false };
    case "would resolve":
    case "resolved":
      return {
        text: <p>The message would be resolved without being sent: {because}.</p>,
        isPossible: outcome === "would resolve",
        isResolved: true,
      };
    default:
      return { text: <p>The message would be sent to its queue. {because}</p>, isPossible: true };
  }
}

export function redriveAnnouncement({ outcome, because }: RedriveAnswer): string {
  if (outcome === "resolved") return `Resolved without being sent: ${because ?? "its effect is done"}.`;
  return "Redriven. The message is resolved when its consumer has processed it.";
}
