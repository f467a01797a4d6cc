import { useLayoutEffect, useRef } from "preact/hooks";

/** Actions by key. `g o` is a sequence of two keys. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const SECOND_KEY_MS = 1_200;
const KEY = "order-events.shortcuts";

/** Whether single keys act. Speech input and tremor type keys by accident. */
export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    // A browser may forbid storage.
    return true;
  }
}

export function switchShortcuts(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // Without storage they stay on.
  }
}

/** Keyboard shortcuts of the page. Disabled in text fields, in dialogs, with Ctrl, Alt or Meta, and where switched off. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  // With the view: a key is not lost that is pressed as soon as it is shown.
  useLayoutEffect(() => {
    let first = { key: "", at: 0 };
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isBusy(event)) return;
      if (!areShortcutsOn()) return;
      const isSecond = event.timeStamp - first.at < SECOND_KEY_MS;
      const act =
        (isSecond ? latest.current[`${first.key} ${event.key}`] : undefined) ?? latest.current[event.key];
      first = { key: event.key, at: event.timeStamp };
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function isBusy({ target }: KeyboardEvent): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** Moves the focus to the next or previous row of the page's lists. */
export function focusRow(direction: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const at = rows.findIndex((row) => row.matches(":focus"));
  const next = at < 0 ? (direction === 1 ? 0 : rows.length - 1) : at + direction;
  rows[Math.max(0, Math.min(next, rows.length - 1))]?.focus();
}
