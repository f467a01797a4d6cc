import type { FailedMessage } from "./failed-api.ts";
import { errorOf } from "./groups.tsx";

const EFFECTS: Readonly<Record<FailedMessage["why"]["effect"], string>> = {
  there: "Its work is done by now",
  "not there": "Its work is not done",
  unknown: "Whether its work is done is not known",
};

/** Why a message is here and what sending it again would come to, in sentences. */
export function Why({ message }: { readonly message: FailedMessage }) {
  const { why, status } = message;
  const error = errorOf(message);
  return (
    <div class="why">
      <p>
        <strong>{message.reason}.</strong> {why.meaning}
      </p>
      {error !== "" && <pre class="error">{error}</pre>}
      <p>
        {EFFECTS[why.effect]}
        {why.because === undefined ? "." : `: ${why.because}.`} {status === "OPEN" && verdict(why)}
      </p>
    </div>
  );
}

function verdict({ redriveWould, whyNot }: FailedMessage["why"]): string {
  switch (redriveWould) {
    case "send":
      return "A redrive would send it to its queue again.";
    case "resolve":
      return "A redrive would resolve it without sending anything.";
    case "refuse":
      return `A redrive would be refused. ${whyNot ?? ""}`;
  }
}
