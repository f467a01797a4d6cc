import { useState } from "preact/hooks";
import { count, pluralize } from "../../../observe/count.ts";
import type { FunctionView, LogView } from "../../../observe/view-types.ts";
import { get } from "../fetch-json.ts";
import { ms } from "../format.ts";
import { FilterForm, TextFilter } from "../page/filter.tsx";
import { Empty, Loaded } from "../page/states.tsx";
import { At } from "../page/time.tsx";
import { usePoll } from "../poll.ts";

const SHOWN = 200;

/** The functions of the emulator with what they did since its start, and their latest log lines. */
export function Functions() {
  const functions = usePoll("functions", () => get<FunctionView[]>("/functions")).polled;
  const logs = usePoll("logs", () => get<LogView[]>("/logs")).polled;
  const [text, setText] = useState("");
  return (
    <>
      <h1>Functions</h1>
      <Loaded polled={functions} what="the functions">
        {(value) => <FunctionTable functions={value} onChoose={setText} />}
      </Loaded>
      <section aria-labelledby="log">
        <h2 id="log">Log</h2>
        <FilterForm>
          <TextFilter text={text} onText={setText} placeholder="function or text" />
        </FilterForm>
        <Loaded polled={logs} what="the log">
          {(lines) => <Log lines={lines.filter((line) => matches(line, text))} />}
        </Loaded>
      </section>
    </>
  );
}

interface FunctionTableProps {
  readonly functions: readonly FunctionView[];
  readonly onChoose: (name: string) => void;
}

function FunctionTable({ functions, onChoose }: FunctionTableProps) {
  if (functions.length === 0) return <Empty>The app has no functions that the emulator runs.</Empty>;
  return (
    <table class="queues functions">
      <caption class="visually-hidden">Invocations of each function since the start of the emulator</caption>
      <thead>
        <tr>
          <th scope="col">function</th>
          <th scope="col">invocations</th>
          <th scope="col">errors</th>
          <th scope="col">throttles</th>
          <th scope="col">mean duration</th>
        </tr>
      </thead>
      <tbody>
        {functions.map(({ name, invocations, errors, throttles, meanDurationMs }) => (
          <tr key={name}>
            <th scope="row">
              <button type="button" class="quiet" onClick={() => onChoose(name)}>
                {name}
              </button>
            </th>
            <td data-name="invocations" class={invocations === 0 ? "zero" : ""}>
              {count(invocations)}
            </td>
            <td data-name="errors" class={errors === 0 ? "zero" : "bad"}>
              {count(errors)}
            </td>
            <td data-name="throttles" class={throttles === 0 ? "zero" : "bad"}>
              {count(throttles)}
            </td>
            <td data-name="mean duration" class={meanDurationMs === undefined ? "zero" : ""}>
              {meanDurationMs === undefined ? "–" : ms(meanDurationMs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Log({ lines }: { readonly lines: readonly LogView[] }) {
  if (lines.length === 0) return <Empty>No lines.</Empty>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class="frame log" tabIndex={0} aria-label="Log lines">
        <ul class="plain" aria-label="Log lines, the latest first">
          {lines.slice(0, SHOWN).map(({ id, at, source, text, isError }) => (
            <li key={id} class={isError ? "bad" : ""}>
              <span class="soft">
                <At at={at} /> {source}
              </span>{" "}
              <code>{text}</code>
            </li>
          ))}
        </ul>
      </section>
      {lines.length > SHOWN && (
        <p class="soft">
          The latest {SHOWN} of {pluralize(lines.length, "line")}. Search to find older ones.
        </p>
      )}
    </>
  );
}

function matches({ source, text }: LogView, query: string): boolean {
  return `${source} ${text}`.toLowerCase().includes(query.trim().toLowerCase());
}
