import type {
  AttributeValue,
  FailedMessageBody,
  FailedMessageView,
} from "../../../../../functions/contract/operator-answers.ts";
import { Loaded } from "../page/states.tsx";
import { type Polled, usePoll } from "../poll.ts";
import { prettyBody } from "../pretty-body.ts";
import { useMay } from "../target-info.ts";
import { fetchBody } from "./failed-api.ts";

/** The body and the attributes, read again when the message has changed. */
export function useBody({ failedKey, generation, history }: FailedMessageView): Polled<FailedMessageBody> {
  const key = `body of ${failedKey} ${generation} ${history.length}`;
  return usePoll(key, () => fetchBody(failedKey), { every: 0 }).polled;
}

/** The body of the message, its body before the edit, and its attributes. */
export function Body({ message }: { readonly message: FailedMessageView }) {
  const may = useMay();
  return (
    <section aria-labelledby="body">
      <h2 id="body">Body</h2>
      {may("readFailedMessageBody") ? (
        <LoadedBody message={message} />
      ) : (
        <p class="soft">The body and the attributes need the role operator.</p>
      )}
    </section>
  );
}

function LoadedBody({ message }: { readonly message: FailedMessageView }) {
  return (
    <Loaded polled={useBody(message)} what="the body">
      {(held) => <Held held={held} />}
    </Loaded>
  );
}

function Held({ held }: { readonly held: FailedMessageBody }) {
  const { body, originalBody, attributes } = held;
  const names = Object.entries(attributes);
  return (
    <>
      <Text text={body} label="Body of the message" />
      {originalBody !== undefined && (
        <details>
          <summary>Original body, before the edit</summary>
          <Text text={originalBody} label="Body before the edit" />
        </details>
      )}
      {names.length > 0 && (
        <details>
          <summary>Attributes</summary>
          <dl class="facts">
            {names.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <code>{attributeText(value)}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

/** The value, with its type where it is not String. */
function attributeText(value: AttributeValue): string {
  return typeof value === "string" ? value : `${value.value} (${value.type})`;
}

/** A scrollable frame that takes the focus. */
function Text({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="frame" tabIndex={0} aria-label={label}>
      <pre>{prettyBody(text)}</pre>
    </section>
  );
}
