import { useEffect, useMemo, useState } from "preact/hooks";
import type { ConsoleAbout, FaultsView } from "../../observe/view-types.ts";
import type { Groups } from "./failed/failed-api.ts";
import { get } from "./fetch-json.ts";
import { lastOf, useLive } from "./live.ts";
import { Bar, placesOf } from "./page/bar.tsx";
import { Help } from "./page/help.tsx";
import { step, useShortcuts } from "./page/shortcuts.ts";
import { isUnreachable, Shown, Unreachable } from "./page/states.tsx";
import { applyTheme, chooseTheme, nextTheme, savedTheme, type Theme } from "./page/theme.ts";
import { AWS_REFRESH_MS, LOCAL_REFRESH_MS, Surroundings } from "./target-info.ts";
import { go, useRoute } from "./use-route.ts";
import { View } from "./view.tsx";

/** Long enough to be read. */
const SAID_MS = 6_000;

export function App() {
  const { live } = useLive("about", () => get<ConsoleAbout>("/about"), { every: 5 });
  if (live.kind === "failed" && live.value === undefined && isUnreachable(live.problem)) {
    return <Unreachable problem={live.problem} />;
  }
  return (
    <Shown live={live} what="what this console belongs to">
      {(about) => <Console about={about} />}
    </Shown>
  );
}

function Console({ about }: { readonly about: ConsoleAbout }) {
  const [said, announce] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => announce(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const refreshMs = about.where === "aws" ? AWS_REFRESH_MS : LOCAL_REFRESH_MS;
  const key = JSON.stringify(about);
  // `about` is read anew each time; its text says whether it changed
  const surroundings = useMemo(() => ({ about, refreshMs, announce }), [key, refreshMs]);
  return (
    <Surroundings.Provider value={surroundings}>
      <Frame about={about} />
      <p class="said" role="status" aria-live="polite">
        {said}
      </p>
    </Surroundings.Provider>
  );
}

function Frame({ about }: { readonly about: ConsoleAbout }) {
  const route = useRoute();
  const [theme, setTheme] = useState<Theme>(savedTheme());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const groups = useLive("open", () => get<Groups>("/failed-messages/groups"), { every: 2 }).live;
  const faults = useLive("broken", async () =>
    about.can.break ? get<FaultsView>("/faults") : { targets: [], active: [] },
  ).live;
  const open = lastOf(groups)?.groups.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const broken = lastOf(faults)?.active.length ?? 0;
  const change = (next: Theme) => {
    setTheme(next);
    chooseTheme(next);
  };
  useEffect(() => {
    // Where the system changes its mind, canvases have to be drawn again.
    const query = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => applyTheme(savedTheme());
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  useShortcuts({
    "g o": () => go({ kind: "overview" }),
    "g f": () => go({ kind: "groups", filter: {} }),
    "g r": () => go({ kind: "orders" }),
    ...(about.can.mailbox ? { "g m": () => go({ kind: "mailbox" }) } : {}),
    ...(about.can.break ? { "g x": () => go({ kind: "faults" }) } : {}),
    "/": search,
    "?": () => setHelpOpen(true),
    j: () => step(1),
    k: () => step(-1),
    t: () => change(nextTheme(theme)),
  });
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        To the content
      </button>
      <Bar
        about={about}
        places={placesOf(about, { open, broken })}
        route={route}
        theme={theme}
        onTheme={change}
        onHelp={() => setHelpOpen(true)}
      />
      <main id="main" tabIndex={-1}>
        {groups.kind === "failed" && isUnreachable(groups.problem) && (
          <Unreachable problem={groups.problem} />
        )}
        <View route={route} />
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </>
  );
}

/** The search of the place one is at, or else that of the orders. */
function search(): void {
  const field = document.querySelector<HTMLElement>("main [data-search]");
  if (field !== null) field.focus();
  else go({ kind: "orders" });
}
