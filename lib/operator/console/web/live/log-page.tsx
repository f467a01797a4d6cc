import type { InvocationLine } from "../../../observe/view-types.ts";
import { observatory } from "../fetch-json.ts";
import { preciseClock } from "../format.ts";
import { Stack } from "../page/stack.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { usePoll } from "../poll.ts";
import { hrefTo } from "../route.ts";

export interface InvocationPlace {
  readonly requestId: string;
  readonly source: string;
  /** A time during the invocation, in milliseconds since the epoch. */
  readonly at: string;
}

/** The log of one invocation. */
export function LogPage({ requestId, source, at }: InvocationPlace) {
  const read = () => observatory.invocation({ requestId, source, at: Number(at) });
  const { polled, refresh } = usePoll(`invocation ${requestId} ${source} ${at}`, read, { cost: "manual" });
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "live", filter: {} })}>Live</a>
      </p>
      <div class="split">
        <h1>Log of {source === "" ? "an invocation" : source}</h1>
        <button type="button" onClick={refresh}>
          Refresh
        </button>
      </div>
      <p class="soft">
        Request <code class="copied">{requestId}</code>
      </p>
      <Loaded polled={polled} what="the log">
        {({ lines, isCut }) => (
          <>
            <Lines lines={lines} />
            {isCut && <p class="soft">Further lines were left out.</p>}
          </>
        )}
      </Loaded>
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly InvocationLine[] }) {
  if (lines.length === 0) {
    return (
      <Empty>No lines. Those of an invocation in AWS appear after a few seconds; old ones are deleted.</Empty>
    );
  }
  return (
    <ol class="plain log" aria-label="Log lines">
      {lines.map(({ at, text, isError, stack = [] }, index) => (
        <li key={`${index} ${at}`} class={isError ? "bad" : ""}>
          <time class="soft" dateTime={new Date(at).toISOString()}>
            {preciseClock(at)}
          </time>{" "}
          <code>{text}</code>
          {stack.length > 0 && <Stack frames={stack} />}
        </li>
      ))}
    </ol>
  );
}
