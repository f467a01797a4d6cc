import { useContext, useState } from "preact/hooks";
import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import { ACT_LABELS } from "../jobs/act-labels.ts";
import { Badge } from "../page/badge.tsx";
import { useShortcuts } from "../page/shortcuts.ts";
import { Loaded } from "../page/states.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { hrefTo } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { Body } from "./body.tsx";
import { fetchMessage } from "./failed-api.ts";
import { FailureReason } from "./failure-reason.tsx";
import { History } from "./history.tsx";
import { LastAttempt } from "./last-attempt.tsx";
import { type Action, actionsFor, MessageActionDialog, OPERATIONS } from "./message-action.tsx";
import { MessageFacts } from "./message-facts.tsx";

const LABELS: Readonly<Record<Action, string>> = {
  redrive: `${ACT_LABELS.redrive} …`,
  edit: "Edit and redrive …",
  discard: `${ACT_LABELS.discard} …`,
  undo: `${ACT_LABELS.undo} …`,
  "mail-not-sent": "Mail was not sent: send …",
  "mail-sent": "Mail was sent: resolve …",
};

/** A failed message: its reason, actions, body and history. */
export function Message({ failedKey }: { readonly failedKey: string }) {
  const { polled, refresh } = usePoll(failedKey, () => fetchMessage(failedKey));
  const { announce } = useContext(TargetInfo);
  // The message as it was when the dialog opened: the action applies to the generation that the operator saw.
  const [open, setOpen] = useState<{ action: Action; row: FailedMessageView }>();
  const row = latestValue(polled);
  const may = useMay();
  const offered = (message: FailedMessageView) =>
    actionsFor(message).filter((action) => may(OPERATIONS[action]));
  const start = (action: Action) => {
    if (row !== undefined && offered(row).includes(action)) setOpen({ action, row });
  };
  useShortcuts({
    r: () => start("redrive"),
    e: () => start("edit"),
    d: () => start("discard"),
    u: () => start("undo"),
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
      <h1>
        {row === undefined ? (
          "Failed message"
        ) : (
          <>
            {row.eventType ?? "Not an event"} <Badge state={row.status} />
          </>
        )}
      </h1>
      <Loaded polled={polled} what="the message">
        {(message) => (
          <>
            <FailureReason message={message} />
            <p class="acts">
              {offered(message).map((action, index) => (
                <button
                  key={action}
                  type="button"
                  data-row
                  class={index === 0 && !message.why.isInDoubt ? "strong" : ""}
                  onClick={() => setOpen({ action, row: message })}
                >
                  {LABELS[action]}
                </button>
              ))}
            </p>
            <MessageFacts message={message} />
            <Body message={message} />
            <LastAttempt message={message} />
            <History message={message} />
          </>
        )}
      </Loaded>
      {open !== undefined && (
        <MessageActionDialog
          action={open.action}
          row={open.row}
          onClose={() => setOpen(undefined)}
          onDone={(message) => {
            setOpen(undefined);
            announce(message);
            refresh();
          }}
        />
      )}
    </>
  );
}
