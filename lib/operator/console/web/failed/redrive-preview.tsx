import type { Preview } from "./action-dialog.tsx";
import type { RedriveResponse } from "./failed-api.ts";

/** What a redrive would do, from its dry run. */
export function redrivePreview({ outcome, because }: RedriveResponse): Preview {
  switch (outcome) {
    case "would refuse":
      return { text: <p class="bad">It would be refused. {because}</p>, isPossible: false };
    case "would resolve":
    case "resolved":
      return {
        text: <p>It would be resolved without being sent: {because}.</p>,
        isPossible: outcome === "would resolve",
        isResolved: true,
      };
    default:
      return { text: <p>It would be sent to its queue again.</p>, isPossible: true };
  }
}

export function redriveAnnouncement({ outcome, because }: RedriveResponse): string {
  if (outcome === "resolved") return `Resolved without sending: ${because ?? "its work is done"}.`;
  return "Sent again. It is resolved once its consumer is done with it.";
}
