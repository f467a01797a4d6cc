import { useContext, useState } from "preact/hooks";
import type { Consumers as ConsumerList } from "../../../../../functions/contract/operator-answers.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import { everyGroups, readGroups } from "../failed/failed-api.ts";
import { call, observatory } from "../fetch-json.ts";
import { Loaded, ReadProblem } from "../page/states.tsx";
import { latestValue, usePoll } from "../poll.ts";
import { TargetInfo } from "../target-info.ts";
import { Alarms } from "./alarms.tsx";
import { ApiRow } from "./api-row.tsx";
import { Consumers } from "./consumers.tsx";
import { Plots } from "./plots.tsx";
import { Queues } from "./queues.tsx";
import { StatusSummary } from "./status-summary.tsx";

const PERIODS = [5, 30, 180] as const;

/** None for an app without order events. */
const readConsumers = async ({ can }: ConsoleAbout): Promise<ConsumerList> =>
  can.orders ? call("GET /consumers") : { consumers: [] };

/** Open failed messages, queues, metrics and alarms. */
export function Overview() {
  const { about } = useContext(TargetInfo);
  // An emulator was mostly started a few minutes ago.
  const [minutes, setMinutes] = useState<number>(PERIODS[about.where === "aws" ? 1 : 0]);
  const queues = usePoll("queues", observatory.queues).polled;
  const alarms = usePoll("alarms", observatory.alarms, { cost: "high" }).polled;
  const groups = usePoll("groups", () => readGroups(about), { every: everyGroups(1) }).polled;
  const metrics = usePoll(`metrics ${minutes}`, () => observatory.metrics(minutes), {
    cost: "high",
  }).polled;
  const consumers = usePoll("consumers", () => readConsumers(about), { every: 2, cost: "high" });
  const found = latestValue(groups)?.groups ?? [];
  const parts = { "the alarms": alarms, "the metrics": metrics, "the consumers": consumers.polled };
  const unavailable = Object.entries({ ...parts, ...(about.can.orders && { "the failed messages": groups }) })
    .filter(([, { kind }]) => kind === "failed")
    .map(([name]) => name);
  return (
    <>
      <StatusSummary
        queues={latestValue(queues)}
        alarms={latestValue(alarms)}
        metrics={latestValue(metrics)}
        consumers={latestValue(consumers.polled)?.consumers}
        groups={about.can.orders ? latestValue(groups) : undefined}
        hasGroups={about.can.orders}
        unavailable={unavailable}
      />
      {groups.kind === "failed" && (
        <ReadProblem
          problem={groups.problem}
          what="the failed messages"
          isStale={groups.value !== undefined}
        />
      )}
      <section aria-labelledby="queues">
        <h2 id="queues">Queues</h2>
        <Loaded polled={queues} what="the queues">
          {(value) => <Queues queues={value} groups={found} />}
        </Loaded>
      </section>
      <section aria-labelledby="api">
        <h2 id="api">API</h2>
        <Loaded polled={metrics} what="the metrics">
          {(value) => <ApiRow metrics={value} />}
        </Loaded>
      </section>
      <section aria-labelledby="flow">
        <div class="split">
          <h2 id="flow">Flow</h2>
          <fieldset class="choice">
            <legend class="visually-hidden">Period</legend>
            {PERIODS.map((each) => (
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
        <Loaded polled={metrics} what="the metrics">
          {(value) => <Plots metrics={value} />}
        </Loaded>
      </section>
      {about.can.orders && (
        <section aria-labelledby="consumers">
          <h2 id="consumers">Consumers</h2>
          <Loaded polled={consumers.polled} what="the consumers">
            {(value) => <Consumers consumers={value.consumers} onChange={consumers.refresh} />}
          </Loaded>
        </section>
      )}
      <section aria-labelledby="alarms">
        <h2 id="alarms">Alarms</h2>
        <Loaded polled={alarms} what="the alarms">
          {(value) => <Alarms alarms={value} found={latestValue(groups)} />}
        </Loaded>
      </section>
    </>
  );
}
