import type { Runbooks } from "../../../observe/view-types.ts";

/** Put in its place when the page is bundled. */
declare const RUNBOOKS: Runbooks;

/** What to do about an alarm, folded away until somebody asks. */
export function RunbookOf({ name }: { readonly name: string }) {
  const runbook = RUNBOOKS[name];
  if (runbook === undefined) return null;
  return (
    <details>
      <summary data-step>What to do</summary>
      <dl class="facts runbook">
        <div>
          <dt>Look at</dt>
          <dd>
            <Prose text={runbook.lookAt} />
          </dd>
        </div>
        <div>
          <dt>Do</dt>
          <dd>
            <Prose text={runbook.act} />
          </dd>
        </div>
      </dl>
    </details>
  );
}

/** What stands between backticks is code. */
function Prose({ text }: { readonly text: string }) {
  return text.split("`").map((part, i) => (i % 2 === 0 ? part : <code class="copied">{part}</code>));
}
