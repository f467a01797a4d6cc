import { useContext, useState } from "preact/hooks";
import { CATALOGUE, type CatalogueEvent } from "../../../events/catalogue.ts";
import { asAwsPublish, asCurl } from "../../../events/copy-as.ts";
import { checkedEvent } from "../../../events/event-faults.ts";
import type { SentEvent } from "../../../observe/view-types.ts";
import { type Problem, post, toProblem } from "../fetch-json.ts";
import { ProblemAlert } from "../page/states.tsx";
import { hrefTo } from "../route.ts";
import { TargetInfo } from "../target-info.ts";

const TO_TOPIC = "";
const QUEUES = [
  ...new Set(
    CATALOGUE.events.flatMap(({ consumedBy }) =>
      consumedBy.filter(({ transport }) => transport === "SQS queue").map(({ name }) => name),
    ),
  ),
];

/** The example in an editor: sends it to the emulator, or copies a command that sends it. */
export function EventForm({ event: { type, example } }: { readonly event: CatalogueEvent }) {
  const { about, announce } = useContext(TargetInfo);
  const [text, setText] = useState(() => JSON.stringify(example, null, 2));
  const [to, setTo] = useState(TO_TOPIC);
  const [problem, setProblem] = useState<Problem>();
  const [sent, setSent] = useState<SentEvent>();
  const [isBusy, setBusy] = useState(false);
  const checked = checkedEvent(text);
  const fault = checked.kind === "fault" ? checked.detail : undefined;
  const compact = fault === undefined ? JSON.stringify(JSON.parse(text)) : text;
  const consumer = to === TO_TOPIC ? undefined : to;
  const { topic } = about;
  const sentType = checked.kind === "event" ? checked.event.type : type;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    setSent(undefined);
    post<SentEvent>("/events", { body: text, ...(consumer === undefined ? {} : { to: consumer }) })
      .then((answer) => {
        setSent(answer);
        announce(`${answer.eventId} was sent.`);
      })
      .catch((error: unknown) => setProblem(toProblem(error)))
      .finally(() => setBusy(false));
  };
  const copy = (command: string) => {
    navigator.clipboard.writeText(command).then(
      () => announce("The command was copied."),
      () => announce("The browser does not permit to copy."),
    );
  };
  return (
    <form class="sheet" onSubmit={submit} aria-labelledby="send">
      <h2 id="send">{about.can.sendEvents ? "Send an event" : "Example"}</h2>
      <label class="tall">
        <span>Event</span>
        <textarea
          class="mono"
          value={text}
          rows={24}
          spellcheck={false}
          aria-invalid={fault !== undefined}
          aria-describedby="event-fault"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <p id="event-fault" class={fault === undefined ? "hint" : "bad"} aria-live="polite">
        {fault ?? "Valid. An event of an order that does not exist is parked by its consumers."}
      </p>
      {about.can.sendEvents && (
        <label class="line">
          <span>To</span>
          <select value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)}>
            <option value={TO_TOPIC}>the topic</option>
            {QUEUES.filter((name) => about.consumers.includes(name)).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {problem !== undefined && <ProblemAlert problem={problem} />}
      {sent !== undefined && (
        <p role="status">
          Sent to {sent.to.join(", ") || "no consumer"}.{" "}
          <a href={hrefTo({ kind: "order", orderId: sent.eventId.split(":")[0] ?? "" })}>Timeline</a>
        </p>
      )}
      <p class="acts">
        {about.can.sendEvents && (
          <>
            <button type="submit" class="strong" disabled={isBusy || fault !== undefined}>
              {isBusy ? "Sending …" : "Send"}
            </button>
            <button
              type="button"
              disabled={fault !== undefined}
              onClick={() => copy(asCurl(about.url, compact, consumer))}
            >
              Copy as curl
            </button>
          </>
        )}
        {topic !== undefined && (
          <button
            type="button"
            disabled={fault !== undefined}
            onClick={() => copy(asAwsPublish(topic, compact, sentType))}
          >
            Copy as aws sns publish
          </button>
        )}
      </p>
    </form>
  );
}
