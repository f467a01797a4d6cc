import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import { errorOf } from "./groups.tsx";

const EFFECTS: Readonly<Record<FailedMessageView["why"]["effect"], string>> = {
  done: "Its effect is done",
  missing: "Its effect is missing",
  unknown: "Its effect is unknown",
};

/** The reason of the failure and the result of a redrive. */
export function FailureReason({ message }: { readonly message: FailedMessageView }) {
  const { why, status } = message;
  const error = errorOf(message);
  return (
    <div class="why">
      <p>
        <strong>{message.reason}.</strong> {why.meaning}
      </p>
      {why.differences !== undefined && (
        <ul>
          {why.differences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      {error !== "" && <pre class="error">{error}</pre>}
      <p>
        {EFFECTS[why.effect]}
        {why.because === undefined ? "." : `: ${why.because}.`} {status === "OPEN" && redriveResult(why)}
      </p>
    </div>
  );
}

function redriveResult({ redriveWould, whyNot }: FailedMessageView["why"]): string {
  switch (redriveWould) {
    case "send":
      return `A redrive would send the message to its queue. ${whyNot ?? ""}`;
    case "resolve":
      return "A redrive would resolve the message without sending it.";
    case "refuse":
      return `A redrive would be refused. ${whyNot ?? ""}`;
  }
}
