/** No fields: keys that act, such as `d`, do nothing in them. */
const CONTROLS = "button:not(:disabled), a[href], summary";

/**
 * Where the focused control is removed, such as the button of an act that is done, the focus goes to a control beside
 * it. The browser would lose it: the next Tab would begin at the top of the page.
 */
export function keepFocus(): void {
  /** The focused control and what holds it, from the inside out. */
  let held: readonly Element[] = [];
  document.addEventListener("focusin", ({ target }) => {
    held = target instanceof Element ? holdersOf(target) : [];
  });
  document.addEventListener("pointerdown", () => {
    held = [];
  });
  new MutationObserver(() => {
    const [control] = held;
    if (control === undefined || control.isConnected || document.activeElement !== document.body) return;
    const dialog = held.find((each) => each.matches("dialog"));
    const gone = held;
    held = [];
    // A dialog gives the focus back itself.
    if (dialog?.isConnected !== false) focusBack(gone);
  }).observe(document.body, { childList: true, subtree: true });
}

/** Focuses the first of `holdersOf`, and where it was removed a control beside it. */
export function focusBack(held: readonly Element[]): void {
  const [control] = held;
  if (control === undefined) return;
  if (control instanceof HTMLElement && control.isConnected) {
    control.focus();
    return;
  }
  const left = held.find((each) => each.isConnected);
  const main = document.getElementById("main");
  // A view that replaces another starts at its top.
  const beside = left === main ? main : left?.querySelector<HTMLElement>(CONTROLS);
  (beside ?? main)?.focus({ preventScroll: true });
}

/** A control and what holds it, from the inside out; nothing for the page itself. */
export function holdersOf(element: Element | null): readonly Element[] {
  const holders: Element[] = [];
  for (let each = element; each !== null && each !== document.body; each = each.parentElement)
    holders.push(each);
  return holders;
}
