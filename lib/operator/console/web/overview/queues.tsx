import { useContext } from "preact/hooks";
import type { FailureGroup } from "../../../../../functions/contract/operator-answers.ts";
import { count } from "../../../observe/count.ts";
import type { QueueState } from "../../../observe/view-types.ts";
import { duration } from "../format.ts";
import { Empty } from "../page/states.tsx";
import { hrefTo } from "../route.ts";
import { TargetInfo } from "../target-info.ts";

/** Queue depths by consumer. Dead letters and undelivered messages are highlighted. */
export function Queues({
  queues,
  groups,
}: {
  readonly queues: readonly QueueState[];
  readonly groups: readonly FailureGroup[];
}) {
  const { orders } = useContext(TargetInfo).about.can;
  // A link must not lead to an empty list.
  const failing = new Set(groups.map(({ consumer }) => consumer));
  if (queues.length === 0) return <Empty>No queues.</Empty>;
  return (
    <table class="queues">
      <caption class="visually-hidden">Messages in each consumer's queues</caption>
      <thead>
        <tr>
          <th scope="col">{orders ? "consumer" : "function or queue"}</th>
          <th scope="col">waiting</th>
          <th scope="col">in flight</th>
          <th scope="col">oldest</th>
          <th scope="col">dead letters</th>
          <th scope="col">undelivered</th>
        </tr>
      </thead>
      <tbody>
        {queues.map(({ consumer, waiting, inFlight, deadLetters, undelivered, oldestSeconds, names }) => (
          <tr key={consumer}>
            <th scope="row">
              {names === undefined ? (
                consumer
              ) : (
                <a href={hrefTo({ kind: "queue", queue: names.source })}>{consumer}</a>
              )}{" "}
              {failing.has(consumer) && (
                <a class="bad" href={hrefTo({ kind: "messages", filter: { status: "OPEN", consumer } })}>
                  failed messages
                </a>
              )}
            </th>
            <Amount name="waiting" value={waiting} queue={names?.source} />
            <Amount name="in flight" value={inFlight} queue={names?.source} />
            <td data-name="oldest" class={oldestSeconds === undefined || oldestSeconds === 0 ? "zero" : ""}>
              {oldestSeconds === undefined || oldestSeconds === 0 ? "–" : duration(oldestSeconds)}
            </td>
            <Amount name="dead letters" value={deadLetters} isBad queue={names?.deadLetters} />
            <Amount name="undelivered" value={undelivered} isBad queue={names?.undelivered} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface AmountProps {
  readonly name: string;
  readonly value: number;
  readonly isBad?: boolean;
  /** The queue whose messages the number leads to. */
  readonly queue?: string | undefined;
}

function Amount({ name, value, isBad = false, queue }: AmountProps) {
  return (
    <td data-name={name} class={value === 0 ? "zero" : isBad ? "bad" : ""}>
      {queue === undefined || value === 0 ? (
        count(value)
      ) : (
        <a class={isBad ? "bad" : ""} href={hrefTo({ kind: "queue", queue })}>
          {count(value)}
        </a>
      )}
    </td>
  );
}
