import { useState } from "preact/hooks";
import { call } from "../fetch-json.ts";
import { Loaded } from "../page/states.tsx";
import { usePoll } from "../poll.ts";

/** The body of an event, which is read when it is opened. */
export function EventBody({ event }: { readonly event: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Body</summary>
      {isOpen && <Read event={event} />}
    </details>
  );
}

function Read({ event }: { readonly event: string }) {
  // An event does not change.
  const { polled } = usePoll(
    `event ${event}`,
    () => call("GET /order-events/{eventId}", { eventId: event }),
    {
      every: 0,
    },
  );
  return (
    <Loaded polled={polled} what="the body">
      {(value) => <pre class="stack">{JSON.stringify(value, null, 2)}</pre>}
    </Loaded>
  );
}
