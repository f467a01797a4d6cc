import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import { pluralize } from "../../../observe/count.ts";
import { At } from "../page/time.tsx";
import { hrefTo } from "../route.ts";

export function MessageFacts({ message }: { readonly message: FailedMessageView }) {
  const { failedKey, consumer, orderId, eventId, firstAt, lastAt, failures, generation } = message;
  return (
    <dl class="facts">
      <dt>key</dt>
      <dd>
        <code>{failedKey}</code>
      </dd>
      {orderId !== undefined && (
        <>
          <dt>order</dt>
          <dd>
            <a href={hrefTo({ kind: "order", orderId })}>
              <code>{orderId}</code>
            </a>
          </dd>
        </>
      )}
      {eventId !== undefined && (
        <>
          <dt>event</dt>
          <dd>
            <code>{eventId}</code>
          </dd>
        </>
      )}
      <dt>consumer</dt>
      <dd>{consumer}</dd>
      <dt>failed</dt>
      <dd>
        {pluralize(failures, "time")}, first <At at={firstAt} />, last <At at={lastAt} />
      </dd>
      <dt>opened</dt>
      <dd>{pluralize(generation, "time")}</dd>
    </dl>
  );
}
