import type { OrderView } from "../../../../../functions/contract/schemas.ts";
import { readWaits } from "../../../observe/read-waits.ts";
import type { TimelineEntry } from "../../../observe/view-types.ts";
import { call, observatory } from "../fetch-json.ts";
import { withClocks } from "../format.ts";
import { LogLink } from "../live/log-link.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { hrefTo } from "../route.ts";

const READS = {
  consumers: () => call("GET /consumers"),
  queues: observatory.queues,
  metrics: observatory.metrics,
  failedMessages: (event: string) => call("GET /failed-messages", { query: { event } }),
};

/** Where the latest event of an order waits, and a mail that did not arrive. */
export function Waits({
  order,
  entries,
}: {
  readonly order: OrderView;
  readonly entries: readonly TimelineEntry[] | undefined;
}) {
  const { polled } = usePoll(`waits ${order.orderId}`, () => readWaits(READS, order, entries), {
    cost: "high",
  });
  const waits = latestValue(polled) ?? [];
  if (waits.length === 0) return null;
  return (
    <ul class="plain waits" aria-label="State of its latest event">
      {waits.map(({ consumer, text, failedKey, attempt, hasCrashes }) => (
        <li key={consumer}>
          {withClocks(text)}
          {failedKey !== undefined && (
            <>
              {" "}
              <a href={hrefTo({ kind: "message", failedKey })}>Open it</a>
            </>
          )}
          {attempt !== undefined && <LogLink entry={attempt} />}
          {hasCrashes === true && (
            <>
              {" · "}
              <a href={hrefTo({ kind: "live", filter: { consumer, outcome: "crashed" } })}>crashes</a>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
