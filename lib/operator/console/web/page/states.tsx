import type { ComponentChildren } from "preact";
import type { Problem } from "../fetch-json.ts";
import type { Live } from "../live.ts";

/** Shows what is live: that it is being read, what it is, or why it cannot be read and what to do. */
export function Shown<Value>({
  live,
  what,
  children,
}: {
  readonly live: Live<Value>;
  /** For the sentences: `the queues`. */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}) {
  switch (live.kind) {
    case "loading":
      return <p class="soft loading">Reading {what} …</p>;
    case "ready":
      return <>{children(live.value)}</>;
    case "failed":
      if (live.value === undefined) return <Trouble problem={live.problem} what={what} />;
      return (
        <>
          <Trouble problem={live.problem} what={what} isStale />
          {children(live.value)}
        </>
      );
  }
}

/** What went wrong, in the words of whoever refused, and what to do about it. */
export function Trouble({
  problem,
  what,
  isStale = false,
}: {
  readonly problem: Problem;
  readonly what: string;
  readonly isStale?: boolean;
}) {
  const { message, detail, code, pointer } = problem;
  // Said once for the whole page, by Unreachable.
  if (isUnreachable(problem)) return isStale ? null : <p class="empty">Waiting to read {what}.</p>;
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{isStale ? `What is shown of ${what} is old: ` : ""}</strong>
        {message}
        {code === "" ? "" : <code> {code}</code>}
      </p>
      {detail !== "" && <p>{detail}</p>}
      {pointer !== undefined && (
        <p>
          At <code>{pointer}</code>
        </p>
      )}
      <p class="soft">{adviceOn(problem)}</p>
    </div>
  );
}

function adviceOn({ status, code }: Problem): string {
  if (code === "NO_SESSION") return "Run the command again and open the address it prints.";
  if (status === 0 || status === 502 || code === "CONSOLE_FAILED") return "This page tries again by itself.";
  if (status === 403) return "Your credentials lack the operator policy of this stage.";
  if (status === 404) return "Look whether the address is whole; settled rows are deleted after 90 days.";
  if (status === 409) return "Look again at what it is now, then decide.";
  if (status === 429 || status === 503) return "Wait a moment: this page tries again by itself.";
  return status >= 500 ? "The log of the function failed-messages or read-order says more." : "";
}

/** The console's own server is gone: one place says so for all that is shown. */
export function Unreachable({ problem }: { readonly problem: Problem }) {
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{problem.message}.</strong> What is shown is old.
      </p>
      <p>{problem.detail}</p>
    </div>
  );
}

export const isUnreachable = ({ status }: Problem): boolean => status === 0;

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
