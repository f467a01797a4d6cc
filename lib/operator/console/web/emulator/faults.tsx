import { useContext, useState } from "preact/hooks";
import type { FaultsView } from "../../../observe/view-types.ts";
import { get, type Problem, post, problemOf } from "../fetch-json.ts";
import { span } from "../format.ts";
import { useLive } from "../live.ts";
import { Empty, Shown, Trouble } from "../page/states.tsx";
import { Surroundings } from "../target-info.ts";
import { BreakForm } from "./break-form.tsx";

/** Breaks parts of the stage, to see what happens, and mends them. */
export function Faults() {
  const { announce } = useContext(Surroundings);
  const { live, refresh } = useLive("faults", () => get<FaultsView>("/faults"));
  const [problem, setProblem] = useState<Problem>();
  const change = (path: string, body: object, said: string) => {
    setProblem(undefined);
    post<FaultsView>(path, body)
      .then(() => announce(said))
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(refresh);
  };
  return (
    <>
      <h1>Faults</h1>
      <p class="soft">What is broken here fails on purpose; nothing that was accepted may be lost by it.</p>
      {problem !== undefined && <Trouble problem={problem} what="the fault" />}
      <Shown live={live} what="the faults">
        {({ targets, active }) => (
          <>
            <Broken
              active={active}
              onMend={(target) =>
                change(
                  "/mend",
                  target === undefined ? {} : { target },
                  `${target ?? "Everything"} is mended.`,
                )
              }
            />
            <BreakForm
              targets={targets}
              onBreak={(asked) => change("/break", asked, `${asked.target} is broken.`)}
            />
          </>
        )}
      </Shown>
    </>
  );
}

interface BrokenProps {
  readonly active: FaultsView["active"];
  readonly onMend: (target: string | undefined) => void;
}

function Broken({ active, onMend }: BrokenProps) {
  if (active.length === 0) return <Empty>Nothing is broken.</Empty>;
  return (
    <section aria-labelledby="broken">
      <div class="split">
        <h2 id="broken">Broken now</h2>
        {active.length > 1 && (
          <button type="button" onClick={() => onMend(undefined)}>
            Mend everything
          </button>
        )}
      </div>
      <ul class="rows">
        {active.map(({ target, rate, endsAt }) => (
          <li key={target} class="fault">
            <span class="what">
              <code>{target}</code>
              <span class="said-by">
                {rate === 1 ? "every call fails" : `${Math.round(rate * 100)} % of calls fail`},{" "}
                {endsAt === undefined
                  ? "until it is mended"
                  : `for ${span(Math.max(0, (endsAt - Date.now()) / 1000))} more`}
              </span>
            </span>
            <button type="button" data-step aria-label={`Mend ${target}`} onClick={() => onMend(target)}>
              Mend
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
