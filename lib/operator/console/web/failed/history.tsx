import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import { At } from "../page/time.tsx";
import { hrefTo } from "../route.ts";

/** Changes of the message with author and reason, the latest first. */
export function History({ message }: { readonly message: FailedMessageView }) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      <ol class="history">
        {message.history.toReversed().map(({ at, by, act, why, jobId }) => (
          <li key={`${at} ${act}`}>
            <span class="at soft">
              <At at={at} />
            </span>
            <span>
              <strong>{act}</strong> by {by}
              {jobId !== undefined && (
                <>
                  {" "}
                  in <a href={hrefTo({ kind: "job", jobId })}>a job</a>
                </>
              )}
              {why !== undefined && <span class="detail">{why}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
