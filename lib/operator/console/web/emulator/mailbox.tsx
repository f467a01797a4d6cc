import { useState } from "preact/hooks";
import { pluralize } from "../../../observe/count.ts";
import type { MailView } from "../../../observe/view-types.ts";
import { get } from "../fetch-json.ts";
import { FilterForm, TextFilter } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { usePoll } from "../poll.ts";

const SHOWN = 100;

/** Mails to customers and operators, which the emulator keeps instead of sending. */
export function Mailbox() {
  const { polled } = usePoll("mailbox", () => get<MailView[]>("/mailbox"));
  const [text, setText] = useState("");
  return (
    <>
      <h1>Mailbox</h1>
      <FilterForm>
        <TextFilter text={text} onText={setText} placeholder="address, order id or subject" />
      </FilterForm>
      <Loaded polled={polled} what="the mails">
        {(mails) =>
          mails.length === 0 ? (
            <Empty>No mails.</Empty>
          ) : (
            <Mails mails={mails.filter((mail) => matchesText(mail, text))} />
          )
        }
      </Loaded>
    </>
  );
}

function Mails({ mails }: { readonly mails: readonly MailView[] }) {
  if (mails.length === 0) return <Empty>No mail matches the filter.</Empty>;
  return (
    <>
      <ul class="rows" aria-label="Mails">
        {mails.slice(0, SHOWN).map(({ id, at, to, subject, text }) => (
          <li key={id} class="mail">
            <details>
              <summary data-row>
                <span class="what">
                  <strong>{subject}</strong>
                  <span class="detail">to {to.join(", ")}</span>
                </span>
                <span class="when soft">
                  <At at={at} />
                </span>
              </summary>
              <p class="letter">{text}</p>
            </details>
          </li>
        ))}
      </ul>
      {mails.length > SHOWN && (
        <p class="soft">
          The latest {SHOWN} of {pluralize(mails.length, "mail")}. Search to find older ones.
        </p>
      )}
    </>
  );
}

function matchesText({ to, subject, text }: MailView, query: string): boolean {
  return `${to.join(" ")} ${subject} ${text}`.toLowerCase().includes(query.trim().toLowerCase());
}
