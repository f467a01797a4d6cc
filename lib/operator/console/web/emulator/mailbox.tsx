import { useState } from "preact/hooks";
import type { MailView } from "../../../observe/view-types.ts";
import { get } from "../fetch-json.ts";
import { many } from "../format.ts";
import { useLive } from "../live.ts";
import { FilterForm, TextFilter } from "../page/filter.tsx";
import { Empty, Shown } from "../page/states.tsx";
import { At } from "../page/time.tsx";

const SHOWN = 100;

/** What customers and operators would have got by mail. */
export function Mailbox() {
  const { live } = useLive("mailbox", () => get<MailView[]>("/mailbox"));
  const [text, setText] = useState("");
  return (
    <>
      <h1>Mailbox</h1>
      <FilterForm>
        <TextFilter text={text} onText={setText} placeholder="an address, an order id, a subject" />
      </FilterForm>
      <Shown live={live} what="the mails">
        {(mails) => <Mails mails={mails.filter((mail) => isNamed(mail, text))} />}
      </Shown>
    </>
  );
}

function Mails({ mails }: { readonly mails: readonly MailView[] }) {
  if (mails.length === 0) return <Empty>No mail. Place an order, and its customer gets one.</Empty>;
  return (
    <>
      <ul class="rows" aria-label="Mails">
        {mails.slice(0, SHOWN).map(({ id, at, to, subject, text }) => (
          <li key={id} class="mail">
            <details>
              <summary data-step>
                <span class="what">
                  <strong>{subject}</strong>
                  <span class="said-by">to {to.join(", ")}</span>
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
          The latest {SHOWN} of {many(mails.length, "mail")}: search for the others.
        </p>
      )}
    </>
  );
}

function isNamed({ to, subject, text }: MailView, asked: string): boolean {
  return `${to.join(" ")} ${subject} ${text}`.toLowerCase().includes(asked.trim().toLowerCase());
}
