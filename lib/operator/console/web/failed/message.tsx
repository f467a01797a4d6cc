import { useContext, useState } from "preact/hooks";
import { latestValue, useLive } from "../live.ts";
import { Badge } from "../page/badge.tsx";
import { useShortcuts } from "../page/shortcuts.ts";
import { Loaded } from "../page/states.tsx";
import { hrefTo } from "../route.ts";
import { TargetInfo } from "../target-info.ts";
import { Body } from "./body.tsx";
import { type FailedMessage, fetchMessage } from "./failed-api.ts";
import { History } from "./history.tsx";
import { type Act, actionsFor, MessageActionDialog } from "./message-action.tsx";
import { MessageFacts } from "./message-facts.tsx";
import { Why } from "./failure-reason.tsx";

const LABELS: Readonly<Record<Act, string>> = {
  redrive: "Redrive …",
  edit: "Edit and redrive …",
  discard: "Discard …",
  undo: "Undo the discard …",
  "mail-not-sent": "It was not sent: send it …",
  "mail-sent": "It was sent: resolve it …",
};

/** One failed message: why, what can be done, what it says, what was done. */
export function Message({ failedKey }: { readonly failedKey: string }) {
  const { live, refresh } = useLive(failedKey, () => fetchMessage(failedKey));
  const { announce } = useContext(TargetInfo);
  // Kept as it was when the dialog opened: an act is about what its operator saw.
  const [acting, setActing] = useState<{ act: Act; row: FailedMessage }>();
  const row = latestValue(live);
  const open = (act: Act) => {
    if (row !== undefined && actionsFor(row).includes(act)) setActing({ act, row });
  };
  useShortcuts({
    r: () => open("redrive"),
    e: () => open("edit"),
    d: () => open("discard"),
    u: () => open("undo"),
  });
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "groups", filter: {} })}>Failed messages</a>
        {row !== undefined && (
          <>
            {" / "}
            <a
              href={hrefTo({
                kind: "messages",
                filter: { status: row.status, fingerprint: row.fingerprint },
              })}
            >
              {row.reason} in {row.consumer}
            </a>
          </>
        )}
      </p>
      <Loaded live={live} what="the message">
        {(message) => (
          <>
            <h1>
              {message.eventType ?? "A message that is no event"} <Badge state={message.status} />
            </h1>
            <Why message={message} />
            <p class="acts">
              {actionsFor(message).map((act, index) => (
                <button
                  key={act}
                  type="button"
                  data-row
                  class={index === 0 ? "strong" : ""}
                  onClick={() => setActing({ act, row: message })}
                >
                  {LABELS[act]}
                </button>
              ))}
            </p>
            <MessageFacts message={message} />
            <Body message={message} />
            <History message={message} />
          </>
        )}
      </Loaded>
      {acting !== undefined && (
        <MessageActionDialog
          act={acting.act}
          row={acting.row}
          onClose={() => setActing(undefined)}
          onDone={(said) => {
            setActing(undefined);
            announce(said);
            refresh();
          }}
        />
      )}
    </>
  );
}
