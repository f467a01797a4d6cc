import { useContext } from "preact/hooks";
import type { LiveEntry } from "../../../observe/view-types.ts";
import { ms, preciseClock } from "../format.ts";
import { Badge } from "../page/badge.tsx";
import { Stack } from "../page/stack.tsx";
import { hrefTo } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { EventBody } from "./event-body.tsx";
import { LogLink } from "./log-link.tsx";

export function LiveRow({ entry }: { readonly entry: LiveEntry }) {
  const { at, source, outcome, type, orderId, event, jobId, detail, stack } = entry;
  const may = useMay();
  const { orders } = useContext(TargetInfo).about.can;
  const failed = orders && outcome === "park" ? failedHref(entry) : undefined;
  return (
    <li>
      <span class="at">
        <time dateTime={new Date(at).toISOString()}>{preciseClock(at)}</time>
      </span>
      <span class="what">
        <Badge state={outcome} /> <strong>{type ?? ""}</strong> <span class="soft">{factsOf(entry)}</span>
        <span class="detail">
          {source}
          {orderId !== undefined && orders && (
            <>
              {" · "}
              <a data-row href={hrefTo({ kind: "order", orderId })}>
                <code>{orderId}</code>
              </a>
            </>
          )}
          {jobId !== undefined && orders && (
            <>
              {" · "}
              <a href={hrefTo({ kind: "job", jobId })}>job</a>
            </>
          )}
          {failed !== undefined && (
            <>
              {" · "}
              <a href={failed}>failed message</a>
            </>
          )}
          <LogLink entry={entry} />
        </span>
        {detail !== undefined && <span class="detail">{detail}</span>}
        {stack !== undefined && stack.length > 0 && (
          <details>
            <summary>Stack</summary>
            <Stack frames={stack} />
          </details>
        )}
        {orders && orderId !== undefined && event !== undefined && may("readEvent") && (
          <EventBody event={event} />
        )}
      </span>
    </li>
  );
}

function factsOf({ attempt, durationMs, retryInSeconds }: LiveEntry): string {
  return [
    ...(attempt !== undefined && attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(durationMs === undefined ? [] : [ms(durationMs)]),
    ...(retryInSeconds === undefined ? [] : [`retry in ${retryInSeconds} s`]),
  ].join(", ");
}

/** Of a parked message: its page or, for a body that is no event, the list of those with its consumer and reason. */
const failedHref = ({ source, event, detail = "" }: LiveEntry): string =>
  event === undefined
    ? hrefTo({ kind: "messages", filter: { status: "OPEN", consumer: source, reason: detail } })
    : hrefTo({ kind: "message", failedKey: `${source}~${event}` });
