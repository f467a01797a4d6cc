import { At } from "../page/time.tsx";
import type { FailedMessage } from "./api.ts";

/** Who did what and why, the latest first. */
export function History({ message }: { readonly message: FailedMessage }) {
  const acts = message.history.toReversed();
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      <ol class="history">
        {acts.map(({ at, by, act, why }) => (
          <li key={`${at} ${act}`}>
            <span class="at soft">
              <At at={at} />
            </span>
            <span>
              <strong>{act}</strong> by {by}
              {why !== undefined && <span class="said-by">{why}</span>}
            </span>
          </li>
        ))}
        <li>
          <span class="at soft">
            <At at={message.firstAt} />
          </span>
          <span>
            <strong>failed first</strong> in {message.consumer}
          </span>
        </li>
      </ol>
    </section>
  );
}
