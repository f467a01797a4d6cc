import { useContext } from "preact/hooks";
import { count, pluralize } from "../../../observe/count.ts";
import type { WaitingMessage } from "../../../observe/view-types.ts";
import { everyGroups, readGroups } from "../failed/failed-api.ts";
import { observatory } from "../fetch-json.ts";
import { Badge } from "../page/badge.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { prettyBody } from "../pretty-body.ts";
import { hrefTo } from "../route.ts";
import { TargetInfo, useMay } from "../target-info.ts";
import { Queues } from "./queues.tsx";

/** The messages in a queue of the emulator, which are not received for that. */
export function QueuePage({ queue }: { readonly queue: string }) {
  const { about } = useContext(TargetInfo);
  const { polled } = usePoll(`peek ${queue}`, () => observatory.peek(queue));
  const queues = usePoll("queues", observatory.queues).polled;
  const groups = usePoll("groups", () => readGroups(about), { every: everyGroups(1) }).polled;
  const state = latestValue(queues)?.find(({ consumer, names = {} }) =>
    [consumer, ...Object.values(names)].includes(queue),
  );
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "overview" })}>Overview</a>
      </p>
      <h1>Queue {queue}</h1>
      {state !== undefined && <Queues queues={[state]} groups={latestValue(groups)?.groups ?? []} />}
      <Loaded polled={polled} what="the messages">
        {({ messages, total }) =>
          messages.length === 0 ? (
            <Empty>The queue is empty.</Empty>
          ) : (
            <>
              <p class="soft">
                {pluralize(total, "message")}
                {total > messages.length && `, the oldest ${count(messages.length)}`}
              </p>
              <ol class="timeline" aria-label="Messages, the oldest first">
                {messages.map((message) => (
                  <Waiting key={message.id} message={message} />
                ))}
              </ol>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Waiting({ message }: { readonly message: WaitingMessage }) {
  const { id, state, sentAt, visibleAt, receives, attributes, body } = message;
  const may = useMay();
  const { orders } = useContext(TargetInfo).about.can;
  return (
    <li>
      <span class="at">
        <At at={sentAt} />
      </span>
      <span class="what">
        <Badge state={state} /> <strong>{attributes["type"] ?? ""}</strong>{" "}
        <span class="soft">
          {pluralize(receives, "receive")}
          {visibleAt !== undefined && (
            <>
              , visible at <At at={visibleAt} />
            </>
          )}
        </span>
        <span class="detail">
          <code>{id}</code>
        </span>
        {(!orders || may("readFailedMessageBody")) && (
          <details>
            <summary>Body</summary>
            <pre class="stack">{prettyBody(body)}</pre>
          </details>
        )}
      </span>
    </li>
  );
}
