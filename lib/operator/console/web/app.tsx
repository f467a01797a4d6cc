import { useEffect, useMemo, useState } from "preact/hooks";
import { openIn } from "../../observe/concerns.ts";
import type { ConsoleAbout, FaultsView } from "../../observe/view-types.ts";
import { everyGroups, readGroups } from "./failed/failed-api.ts";
import { get } from "./fetch-json.ts";
import { Bar, navItems } from "./page/bar.tsx";
import { Help } from "./page/help.tsx";
import { focusRow, useShortcuts } from "./page/shortcuts.ts";
import { Guarded, isUnreachable, Loaded, Unreachable } from "./page/states.tsx";
import { applyTheme, chooseTheme, nextTheme, savedTheme, type Theme } from "./page/theme.ts";
import { latestValue, usePoll } from "./poll.ts";
import { AWS_REFRESH_MS, LOCAL_REFRESH_MS, TargetInfo } from "./target-info.ts";
import { go, useRoute } from "./use-route.ts";
import { View } from "./view.tsx";

/** Long enough to read. */
const ANNOUNCEMENT_MS = 6_000;

export function App() {
  const { polled } = usePoll("about", () => get<ConsoleAbout>("/about"), { every: 5 });
  if (polled.kind === "failed" && polled.value === undefined && isUnreachable(polled.problem)) {
    return <Unreachable problem={polled.problem} isStale={false} />;
  }
  return (
    <Loaded polled={polled} what="the console's settings">
      {(about) => <Console about={about} />}
    </Loaded>
  );
}

function Console({ about }: { readonly about: ConsoleAbout }) {
  const [announcement, announce] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => announce(""), ANNOUNCEMENT_MS);
    return () => clearTimeout(timer);
  }, [announcement]);
  const refreshMs = about.where === "aws" ? AWS_REFRESH_MS : LOCAL_REFRESH_MS;
  const key = JSON.stringify(about);
  // Each read gives a new object: the JSON text is the key that shows a change.
  const targetInfo = useMemo(() => ({ about, refreshMs, announce }), [key, refreshMs]);
  return (
    <TargetInfo.Provider value={targetInfo}>
      <Layout about={about} />
      <p class="announcement" role="status" aria-live="polite">
        {announcement}
      </p>
    </TargetInfo.Provider>
  );
}

function Layout({ about }: { readonly about: ConsoleAbout }) {
  const route = useRoute();
  const [theme, setTheme] = useState<Theme>(savedTheme());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const groups = usePoll("groups", () => readGroups(about), { every: everyGroups(2) }).polled;
  const faults = usePoll("faults", async () =>
    about.can.break ? get<FaultsView>("/faults") : { targets: [], active: [] },
  ).polled;
  const lost = [groups, faults].find((each) => each.kind === "failed" && isUnreachable(each.problem));
  const known = latestValue(groups);
  const open = known === undefined ? 0 : openIn(known).count;
  const broken = latestValue(faults)?.active.length ?? 0;
  const change = (next: Theme) => {
    setTheme(next);
    chooseTheme(next);
  };
  useEffect(() => {
    // Canvases do not follow a change of the system's colours by themselves.
    const query = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => applyTheme(savedTheme());
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  useShortcuts({
    "g o": () => go({ kind: "overview" }),
    "g l": () => go({ kind: "live", filter: {} }),
    ...(about.can.orders
      ? {
          "g f": () => go({ kind: "groups", filter: {} }),
          "g r": () => go({ kind: "orders" }),
          "g e": () => go({ kind: "events" }),
        }
      : {}),
    ...(about.can.functions ? { "g n": () => go({ kind: "functions" }) } : {}),
    ...(about.can.mailbox ? { "g m": () => go({ kind: "mailbox" }) } : {}),
    ...(about.can.break ? { "g x": () => go({ kind: "faults" }) } : {}),
    "/": () => search(about),
    "?": () => setHelpOpen(true),
    j: () => focusRow(1),
    k: () => focusRow(-1),
    t: () => change(nextTheme(theme)),
  });
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to content
      </button>
      <Bar
        about={about}
        items={navItems(about, { open, broken })}
        route={route}
        theme={theme}
        onTheme={change}
        onHelp={() => setHelpOpen(true)}
      />
      <main id="main" tabIndex={-1}>
        {lost?.kind === "failed" && <Unreachable problem={lost.problem} isStale />}
        <Guarded key={route.kind}>
          <View route={route} />
        </Guarded>
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </>
  );
}

/** Focuses the search field of the current view, or opens the orders. */
function search({ can }: ConsoleAbout): void {
  const field = document.querySelector<HTMLElement>("main [data-search]");
  if (field !== null) field.focus();
  else if (can.orders) go({ kind: "orders" });
}
