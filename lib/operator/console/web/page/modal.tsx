import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { focusBack, holdersOf } from "./keep-focus.ts";

export interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** For long content. */
  readonly isWide?: boolean;
}

/** A modal dialog. The browser keeps the focus in it and closes it with Escape. */
export function Modal({ title, onClose, children, isWide = false }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const before = useRef<readonly Element[]>([]);
  // Before the effects of its content, which may focus another control than the first.
  useLayoutEffect(() => {
    before.current = holdersOf(document.activeElement);
    dialog.current?.showModal();
  }, []);
  // After the dialog is gone: while it is open, no control outside takes the focus.
  useEffect(() => () => focusBack(before.current), []);
  return (
    <dialog ref={dialog} class={isWide ? "wide" : ""} aria-labelledby={heading} onClose={onClose}>
      <header class="split">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}
