import { useContext, useState } from "preact/hooks";
import type { ConsumerView } from "../../../../../functions/contract/operator-answers.ts";
import { call } from "../fetch-json.ts";
import { duration } from "../format.ts";
import { ActionDialog } from "../page/action-dialog.tsx";
import { Badge } from "../page/badge.tsx";
import { At } from "../page/time.tsx";
import { TargetInfo, useMay } from "../target-info.ts";

type Act = "pause" | "resume";

/** The consumers and publishers with their states; an administrator pauses and resumes them here. */
export function Consumers({
  consumers,
  onChange,
}: {
  readonly consumers: readonly ConsumerView[];
  readonly onChange: () => void;
}) {
  const { announce } = useContext(TargetInfo);
  const may = useMay();
  const [asked, ask] = useState<{ readonly act: Act; readonly consumer: ConsumerView }>();
  const done = (text: string) => {
    ask(undefined);
    announce(text);
    onChange();
  };
  return (
    <>
      <table class="queues consumers">
        <caption class="visually-hidden">Consumers and publishers with their states</caption>
        <thead>
          <tr>
            <th scope="col">consumer</th>
            <th scope="col">state</th>
            <th scope="col">since</th>
            <th scope="col">by</th>
            <th scope="col">why</th>
            <th scope="col">messages kept</th>
            <th scope="col">
              <span class="visually-hidden">act</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {consumers.map((consumer) => (
            <tr key={consumer.name}>
              <th scope="row">{consumer.name}</th>
              <td data-name="state">
                <Badge state={STATES[consumer.state]} />
                {consumer.isSwitching && <span class="soft"> switching …</span>}
              </td>
              <td data-name="since" class={zero(consumer)}>
                {consumer.pause === undefined ? "–" : <At at={consumer.pause.at} />}
              </td>
              <td data-name="by" class={zero(consumer)}>
                {consumer.pause?.by ?? "–"}
              </td>
              <td data-name="why" class={zero(consumer)}>
                {consumer.pause?.why ?? "–"}
              </td>
              <td data-name="messages kept">{duration(consumer.keptSeconds)}</td>
              <td class="act">
                {actsOf(consumer)
                  .filter((act) => may(act === "pause" ? "pauseConsumer" : "resumeConsumer"))
                  .map((act) => (
                    <button key={act} type="button" onClick={() => ask({ act, consumer })}>
                      {act === "pause" ? "Pause …" : "Resume …"}
                      <span class="visually-hidden"> {consumer.name}</span>
                    </button>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked !== undefined && <SwitchDialog {...asked} onClose={() => ask(undefined)} onDone={done} />}
    </>
  );
}

const zero = ({ pause }: ConsumerView) => (pause === undefined ? "zero" : "");

const STATES: Readonly<Record<ConsumerView["state"], string>> = {
  RUNNING: "on",
  PAUSED: "PAUSED",
  OFF: "OFF",
  NOT_PROCESSING: "not processing",
};

const actsOf = ({ state }: ConsumerView): readonly Act[] =>
  state === "RUNNING" ? ["pause"] : state === "NOT_PROCESSING" ? [] : ["resume"];

interface SwitchDialogProps {
  readonly act: Act;
  readonly consumer: ConsumerView;
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

function SwitchDialog({ act, consumer, onClose, onDone }: SwitchDialogProps) {
  const { name, whilePaused } = consumer;
  const isPause = act === "pause";
  return (
    <ActionDialog
      title={`${isPause ? "Pause" : "Resume"} ${name}`}
      label={isPause ? "Pause" : "Resume"}
      preview={async () => ({
        isPossible: true,
        text: isPause ? (
          <ul>
            {whilePaused.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : (
          <p>It works off the messages that wait.</p>
        ),
      })}
      action={async (why) => {
        const answer = await call(`POST /consumers/{consumer}/${act}`, { consumer: name, body: { why } });
        onDone(`${name} ${answer.state === "PAUSED" ? "is paused" : "runs"}.`);
      }}
      onClose={onClose}
    />
  );
}
