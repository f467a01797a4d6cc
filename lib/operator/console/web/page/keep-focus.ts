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
    const left = held.find((each) => each.isConnected);
    held = [];
    // A dialog gives the focus back itself.
    if (dialog?.isConnected === false) return;
    const main = document.getElementById("main");
    // A view that replaces another starts at its top.
    const beside = left === main ? main : left?.querySelector<HTMLElement>(CONTROLS);
    (beside ?? main)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

function holdersOf(element: Element): readonly Element[] {
  const holders: Element[] = [];
  for (let each: Element | null = element; each !== null && each !== document.body; each = each.parentElement)
    holders.push(each);
  return holders;
}
