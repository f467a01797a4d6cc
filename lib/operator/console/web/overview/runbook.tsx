import type { Runbooks } from "../../../observe/view-types.ts";

/** Defined by esbuild when the page is bundled. */
declare const RUNBOOKS: Runbooks;

/** The runbook of an alarm, collapsed. */
export function RunbookDetails({ name }: { readonly name: string }) {
  const runbook = RUNBOOKS[name];
  if (runbook === undefined) return null;
  return (
    <details>
      <summary data-row>Runbook</summary>
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

/** Text between backticks is code. */
function Prose({ text }: { readonly text: string }) {
  return text.split("`").map((part, i) => (i % 2 === 0 ? part : <code class="copied">{part}</code>));
}
