import { count } from "../../../observe/count.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import { hrefTo, type Route } from "../route.ts";
import { AsOf } from "./freshness.tsx";
import { nextTheme, type Theme } from "./theme.ts";

export interface NavItem {
  readonly label: string;
  readonly route: Exclude<Route, { kind: "not-found" }>;
  /** Kinds of routes that mark this item as current. */
  readonly holds: readonly Route["kind"][];
  readonly count?: number;
}

/** The navigation of a console with these features. */
export function navItems({ can }: ConsoleAbout, counts: { open?: number; broken?: number }): NavItem[] {
  const counted = (count: number | undefined) => (count === undefined || count === 0 ? {} : { count });
  return [
    { label: "Overview", route: { kind: "overview" }, holds: ["overview", "queue"] },
    { label: "Live", route: { kind: "live", filter: {} }, holds: ["live", "log"] },
    ...(can.orders
      ? [
          {
            label: "Failed",
            route: { kind: "groups", filter: {} },
            holds: ["groups", "messages", "message", "job"],
            ...counted(counts.open),
          } as const,
          { label: "Orders", route: { kind: "orders" }, holds: ["orders", "order"] } as const,
          { label: "Events", route: { kind: "events" }, holds: ["events"] } as const,
        ]
      : []),
    ...(can.functions
      ? [{ label: "Functions", route: { kind: "functions" }, holds: ["functions"] } as const]
      : []),
    ...(can.mailbox ? [{ label: "Mailbox", route: { kind: "mailbox" }, holds: ["mailbox"] } as const] : []),
    ...(can.break
      ? [
          {
            label: "Faults",
            route: { kind: "faults" },
            holds: ["faults"],
            ...counted(counts.broken),
          } as const,
        ]
      : []),
  ];
}

export interface BarProps {
  readonly about: ConsoleAbout;
  readonly items: readonly NavItem[];
  readonly route: Route;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
  readonly onHelp: () => void;
}

const SIGNS: Readonly<Record<Theme, string>> = { auto: "◐", light: "○", dark: "●" };

export function Bar({ about, items, route, theme, onTheme, onHelp }: BarProps) {
  return (
    <header class="bar">
      <p class="where">
        <a href="#/" class="brand">
          order-events
        </a>
        <span class={about.where === "aws" ? "target live" : "target"}>
          {about.where === "aws" ? `${about.stage} · ${about.region}` : "local emulator"}
          {about.role !== undefined && ` · ${about.role}`}
        </span>
      </p>
      <nav aria-label="Views">
        {items.map(({ label, route: to, holds, count: open }) => (
          <a key={label} href={hrefTo(to)} aria-current={holds.includes(route.kind) ? "page" : undefined}>
            {label}
            {open !== undefined && <span class="count"> {count(open)}</span>}
          </a>
        ))}
      </nav>
      <p class="tools">
        <AsOf />
        <button
          type="button"
          class="quiet"
          aria-label={`Colours: ${theme}. Change to ${nextTheme(theme)}`}
          title={`Colours: ${theme}`}
          onClick={() => onTheme(nextTheme(theme))}
        >
          {SIGNS[theme]}
        </button>
        <button type="button" class="quiet" aria-label="Keys" title="Keys (?)" onClick={onHelp}>
          ?
        </button>
      </p>
    </header>
  );
}
