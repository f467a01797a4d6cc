import type { ComponentChildren } from "preact";
import { useContext, useEffect, useErrorBoundary } from "preact/hooks";
import { NOT_JSON, OUTCOME_UNKNOWN, type Problem, toProblem } from "../fetch-json.ts";
import { forgetUnshown, type Polled } from "../poll.ts";
import { TargetInfo } from "../target-info.ts";

/** Renders a polled value: loading, ready, or failed with the problem. */
export function Loaded<Value>({
  polled,
  what,
  children,
}: {
  readonly polled: Polled<Value>;
  /** Used in sentences: `the queues`. */
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}) {
  switch (polled.kind) {
    case "loading":
      return <p class="soft loading">Loading {what} …</p>;
    case "ready":
      return <>{children(polled.value)}</>;
    case "failed":
      return (
        <>
          <ReadProblem problem={polled.problem} what={what} isStale={polled.value !== undefined} />
          {polled.value !== undefined && children(polled.value)}
        </>
      );
  }
}

interface ReadProblemProps {
  readonly problem: Problem;
  readonly what: string;
  readonly isStale: boolean;
}

/** A read that failed; it is made again at the next refresh. */
export function ReadProblem({ problem, what, isStale }: ReadProblemProps) {
  // Unreachable shows it once for the whole page.
  if (isUnreachable(problem)) return isStale ? null : <p class="empty">Waiting for {what}.</p>;
  return (
    <ProblemAlert problem={problem} isRead>
      {isStale && <strong>Showing old data of {what}: </strong>}
    </ProblemAlert>
  );
}

interface ProblemAlertProps {
  readonly problem: Problem;
  /** The read is made again at the next refresh; an act only by the operator. */
  readonly isRead?: boolean;
  /** Precedes the problem. */
  readonly children?: ComponentChildren;
}

/** A problem in the words of the server, with advice. */
export function ProblemAlert({ problem, isRead = false, children }: ProblemAlertProps) {
  const { message, detail, code, pointer } = problem;
  return (
    <div class="problem" role="alert">
      <p>
        {children}
        {message}
        {code === "" ? "" : <code> {code}</code>}
      </p>
      {detail !== "" && <p>{detail}</p>}
      {pointer !== undefined && (
        <p>
          At <code>{pointer}</code>
        </p>
      )}
      <p class="soft">{adviceFor(problem, isRead)}</p>
    </div>
  );
}

const RETRIES = "This page retries automatically.";

function adviceFor({ status, code }: Problem, isRead: boolean): string {
  if (code === OUTCOME_UNKNOWN) return "";
  if (code === "NO_SESSION") return "Run the command again and open the address it prints.";
  if (status === 0 || status === 502 || code === NOT_JSON || code === "CONSOLE_FAILED")
    return isRead ? RETRIES : "";
  if (code === "FAILED_MESSAGE_NOT_FOUND")
    return "Check the address. Resolved and discarded messages are deleted after 90 days.";
  if (status === 404) return "Check the address.";
  if (status === 429 || status === 503) return isRead ? `Wait a moment. ${RETRIES}` : "Wait a moment.";
  return status >= 500 ? "See the logs of the functions of the API." : "";
}

interface UnreachableProps {
  readonly problem: Problem;
  /** Whether there is data, which is old. */
  readonly isStale: boolean;
}

/** The console's server does not respond: shown once for the whole page. */
export function Unreachable({ problem, isStale }: UnreachableProps) {
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{problem.message}.</strong>
        {isStale && " Showing old data."}
      </p>
      <p>{problem.detail}</p>
      <p class="soft">{RETRIES}</p>
    </div>
  );
}

export const isUnreachable = ({ status, code }: Problem): boolean =>
  code === NOT_JSON || (status === 0 && code !== OUTCOME_UNKNOWN);

/** Refreshes after which a view that failed is tried again, so that screen readers are not flooded. */
const REFRESHES = 5;

/** Shows the error of a view in its place, instead of old data that looks current. */
export function Guarded({ children }: { readonly children: ComponentChildren }) {
  const [error, retry] = useErrorBoundary();
  const { refreshMs } = useContext(TargetInfo);
  useEffect(() => {
    if (error === undefined) return;
    const timer = setTimeout(() => {
      forgetUnshown();
      retry();
    }, REFRESHES * refreshMs);
    return () => clearTimeout(timer);
  }, [error]);
  return error === undefined ? children : <ProblemAlert problem={toProblem(error)} isRead />;
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
