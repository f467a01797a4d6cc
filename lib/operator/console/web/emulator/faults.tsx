import { useContext, useState } from "preact/hooks";
import type { FaultsView } from "../../../observe/view-types.ts";
import { get, type Problem, post, toProblem } from "../fetch-json.ts";
import { duration } from "../format.ts";
import { Empty, Loaded, ProblemAlert } from "../page/states.tsx";
import { usePoll } from "../poll.ts";
import { TargetInfo } from "../target-info.ts";
import { BreakForm } from "./break-form.tsx";

/** Breaks parts of the local emulator and mends them. */
export function Faults() {
  const { announce } = useContext(TargetInfo);
  const { polled, refresh } = usePoll("faults", () => get<FaultsView>("/faults"));
  const [problem, setProblem] = useState<Problem>();
  const change = (path: string, body: object, message: string) => {
    setProblem(undefined);
    post<FaultsView>(path, body)
      .then(() => announce(message))
      .catch((error: unknown) => setProblem(toProblem(error)))
      .finally(refresh);
  };
  return (
    <>
      <h1>Faults</h1>
      <p class="soft">Calls of a broken target fail. No accepted order is lost.</p>
      {problem !== undefined && <ProblemAlert problem={problem} />}
      <Loaded polled={polled} what="the faults">
        {({ targets, active }) => (
          <>
            <ActiveFaults
              active={active}
              onMend={(target) =>
                change(
                  "/mend",
                  target === undefined ? {} : { target },
                  `${target ?? "Everything"} was mended.`,
                )
              }
            />
            <BreakForm
              targets={targets}
              onBreak={(request) => change("/break", request, `${request.target} was broken.`)}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

interface ActiveFaultsProps {
  readonly active: FaultsView["active"];
  readonly onMend: (target: string | undefined) => void;
}

function ActiveFaults({ active, onMend }: ActiveFaultsProps) {
  if (active.length === 0) return <Empty>No active faults.</Empty>;
  return (
    <section aria-labelledby="broken">
      <div class="split">
        <h2 id="broken">Active faults</h2>
        {active.length > 1 && (
          <button type="button" onClick={() => onMend(undefined)}>
            Mend all
          </button>
        )}
      </div>
      <ul class="rows">
        {active.map(({ target, rate, endsAt }) => (
          <li key={target} class="fault">
            <span class="what">
              <code>{target}</code>
              <span class="detail">
                {rate === 1 ? "every call fails" : `${Math.round(rate * 100)} % of calls fail`},{" "}
                {endsAt === undefined
                  ? "until mended"
                  : `for ${duration(Math.max(0, (endsAt - Date.now()) / 1000))} more`}
              </span>
            </span>
            <button type="button" data-row aria-label={`Mend ${target}`} onClick={() => onMend(target)}>
              Mend
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
