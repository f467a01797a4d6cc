import type {
  AttributeValue,
  FailedMessageView,
} from "../../../../../functions/contract/operator-answers.ts";
import { prettyBody } from "./pretty-body.ts";

/** The body of the message, its body before the edit, and its attributes. */
export function Body({ message }: { readonly message: FailedMessageView }) {
  const { body, originalBody, attributes } = message;
  const names = Object.entries(attributes);
  return (
    <section aria-labelledby="body">
      <h2 id="body">Body</h2>
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
    </section>
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
