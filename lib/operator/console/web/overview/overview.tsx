import { useContext, useState } from "preact/hooks";
import type { AlarmView, MetricsAnswer, QueueState } from "../../../observe/view-types.ts";
import type { Groups } from "../failed/failed-api.ts";
import { get } from "../fetch-json.ts";
import { lastOf, useLive } from "../live.ts";
import { Shown, Trouble } from "../page/states.tsx";
import { Surroundings } from "../target-info.ts";
import { Alarms } from "./alarms.tsx";
import { Plots } from "./plots.tsx";
import { Queues } from "./queues.tsx";
import { Statement } from "./statement.tsx";

const STRETCHES = [5, 30, 180] as const;

/** Whether all is well, and if not, where to go. */
export function Overview() {
  const { about } = useContext(Surroundings);
  // A deployment has been there for long; a stage has mostly just been started.
  const [minutes, setMinutes] = useState<number>(STRETCHES[about.where === "aws" ? 1 : 0]);
  const queues = useLive("queues", () => get<QueueState[]>("/queues")).live;
  const alarms = useLive("alarms", () => get<AlarmView[]>("/alarms"), { costs: "much" }).live;
  const groups = useLive("groups", () => get<Groups>("/failed-messages/groups")).live;
  const metrics = useLive(`metrics ${minutes}`, () => get<MetricsAnswer>(`/metrics?minutes=${minutes}`), {
    costs: "much",
  }).live;
  const found = lastOf(groups)?.groups ?? [];
  return (
    <>
      <Statement
        queues={lastOf(queues)}
        alarms={lastOf(alarms)}
        groups={lastOf(groups)}
        isBlind={groups.kind === "failed"}
      />
      {groups.kind === "failed" && <Trouble problem={groups.problem} what="the failed messages" />}
      <section aria-labelledby="queues">
        <h2 id="queues">Queues</h2>
        <Shown live={queues} what="the queues">
          {(value) => <Queues queues={value} />}
        </Shown>
      </section>
      <section aria-labelledby="flow">
        <div class="split">
          <h2 id="flow">Flow</h2>
          <fieldset class="choice">
            <legend class="unseen">Stretch of time</legend>
            {STRETCHES.map((each) => (
              <label key={each}>
                <input
                  type="radio"
                  name="minutes"
                  checked={each === minutes}
                  onChange={() => setMinutes(each)}
                />
                {each < 60 ? `${each} min` : `${each / 60} h`}
              </label>
            ))}
          </fieldset>
        </div>
        <Shown live={metrics} what="the metrics">
          {(value) => <Plots metrics={value} />}
        </Shown>
      </section>
      <section aria-labelledby="alarms">
        <h2 id="alarms">Alarms</h2>
        <Shown live={alarms} what="the alarms">
          {(value) => <Alarms alarms={value} groups={found} />}
        </Shown>
      </section>
    </>
  );
}
