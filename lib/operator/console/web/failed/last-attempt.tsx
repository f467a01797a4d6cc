import { useContext, useState } from "preact/hooks";
import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import type { TimelineEntry } from "../../../observe/view-types.ts";
import { observatory } from "../fetch-json.ts";
import { LogLink } from "../live/log-link.tsx";
import { Stack } from "../page/stack.tsx";
import { Loaded } from "../page/states.tsx";
import { usePoll } from "../poll.ts";
import { TargetInfo } from "../target-info.ts";

type Props = Readonly<Record<"orderId" | "consumer" | "eventId", string>>;

/** The stack of the latest attempt on a failed message, from the log of its invocation. */
export function LastAttempt({ message }: { readonly message: FailedMessageView }) {
  const { orderId, eventId, consumer } = message;
  const { about } = useContext(TargetInfo);
  // A search of the logs costs money in AWS.
  const [isAsked, setAsked] = useState(about.where === "local");
  if (orderId === undefined || eventId === undefined) return null;
  return (
    <section aria-labelledby="last-attempt">
      <div class="split">
        <h2 id="last-attempt">Last attempt</h2>
        {!isAsked && (
          <button type="button" onClick={() => setAsked(true)}>
            Search the logs
          </button>
        )}
      </div>
      {isAsked && <Attempt orderId={orderId} eventId={eventId} consumer={consumer} />}
    </section>
  );
}

function Attempt(props: Props) {
  const key = `last attempt ${props.consumer} ${props.eventId}`;
  const { polled } = usePoll(key, () => lastAttempt(props), { cost: "manual", every: 5 });
  return (
    <Loaded polled={polled} what="the last attempt">
      {(found) =>
        found === undefined ? (
          <p class="soft">Its log is no longer there, or is written in a few seconds.</p>
        ) : (
          <>
            <p class="detail">
              {found.entry.detail ?? found.entry.outcome}
              <LogLink entry={found.entry} />
            </p>
            {found.stack.length > 0 && <Stack frames={found.stack} />}
          </>
        )
      }
    </Loaded>
  );
}

async function lastAttempt({
  orderId,
  consumer,
  eventId,
}: Props): Promise<{ readonly entry: TimelineEntry; readonly stack: readonly string[] } | undefined> {
  const { entries } = await observatory.timeline(orderId);
  const entry = entries.findLast(
    ({ source, event, requestId: id }) => source === consumer && event === eventId && id !== undefined,
  );
  const { requestId, at = 0 } = entry ?? {};
  if (entry === undefined || requestId === undefined) return undefined;
  const { lines } = await observatory.invocation({ requestId, source: consumer, at });
  const own = lines.filter(({ stack }) => stack !== undefined);
  // A line for each of the batch's messages: that of this one, else of one with the same error.
  const line =
    own.find(({ text }) => text.includes(eventId)) ??
    own.find(({ text }) => entry.detail !== undefined && text.includes(entry.detail));
  return { entry, stack: line?.stack ?? [] };
}
