import { useEffect, useState } from "preact/hooks";
import { clock } from "../format.ts";
import { type Freshness, freshness } from "../poll.ts";

const TICK_MS = 1_000;

/** The time of the shown data. Late data is dimmed: a server that hangs refuses nothing. */
export function AsOf() {
  const [shown, setShown] = useState<Freshness>();
  useEffect(() => {
    const timer = setInterval(() => setShown(document.hidden ? undefined : freshness()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const isLate = shown?.isLate === true;
  useEffect(() => {
    document.documentElement.toggleAttribute("data-late", isLate);
  }, [isLate]);
  if (shown === undefined) return null;
  return (
    <span class={isLate ? "as-of bad" : "as-of"} role={isLate ? "status" : undefined}>
      {isLate ? `no answer since ${clock(shown.answeredAt)}` : `as of ${clock(shown.at)}`}
    </span>
  );
}
