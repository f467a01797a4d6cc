import type { ComponentChildren } from "preact";
import { OUTCOME_UNKNOWN, type Problem } from "../fetch-json.ts";
import type { Live } from "../live.ts";

/** Renders a live value: loading, ready, or failed with the problem. */
export function Loaded<Value>({
  live,
  what,
  children,
}: {
  readonly live: Live<Value>;
  /** Used in sentences: `the queues`. */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}) {
  switch (live.kind) {
    case "loading":
      return <p class="soft loading">Loading {what} …</p>;
    case "ready":
      return <>{children(live.value)}</>;
    case "failed":
      if (live.value === undefined) return <ProblemAlert problem={live.problem} what={what} />;
      return (
        <>
          <ProblemAlert problem={live.problem} what={what} isStale />
          {children(live.value)}
        </>
      );
  }
}

/** A problem in the words of the server, with advice. */
export function ProblemAlert({
  problem,
  what,
  isStale = false,
}: {
  readonly problem: Problem;
  readonly what: string;
  readonly isStale?: boolean;
}) {
  const { message, detail, code, pointer } = problem;
  // Unreachable shows it once for the whole page.
  if (isUnreachable(problem)) return isStale ? null : <p class="empty">Waiting for {what}.</p>;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{isStale ? `Showing old data of ${what}: ` : ""}</strong>
        {message}
        {code === "" ? "" : <code> {code}</code>}
      </p>
      {detail !== "" && <p>{detail}</p>}
      {pointer !== undefined && (
        <p>
          At <code>{pointer}</code>
        </p>
      )}
      <p class="soft">{adviceFor(problem)}</p>
    </div>
  );
}

function adviceFor({ status, code }: Problem): string {
  if (code === OUTCOME_UNKNOWN) return "";
  if (code === "NO_SESSION") return "Run the command again and open the address it prints.";
  if (status === 0 || status === 502 || code === "CONSOLE_FAILED") return "This page retries automatically.";
  if (code === "FAILED_MESSAGE_NOT_FOUND")
    return "Check the address. Resolved and discarded messages are deleted after 90 days.";
  if (status === 404) return "Check the address.";
  if (status === 429 || status === 503) return "Wait a moment. This page retries automatically.";
  return status >= 500 ? "See the logs of the functions of the API." : "";
}

/** The console's server does not respond: shown once for the whole page. */
export function Unreachable({ problem }: { readonly problem: Problem }) {
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{problem.message}.</strong> Showing old data.
      </p>
      <p>{problem.detail}</p>
    </div>
  );
}

export const isUnreachable = ({ status, code }: Problem): boolean => status === 0 && code !== OUTCOME_UNKNOWN;

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
