import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Problem, toProblem } from "../fetch-json.ts";
import { Modal } from "../page/modal.tsx";
import { ProblemAlert } from "../page/states.tsx";

/** What an act would do, found out without doing it. */
export interface Preview {
  readonly text: ComponentChildren;
  /** false: the API would refuse. */
  readonly isPossible: boolean;
  /** true: nothing would be sent, as its work is done. */
  readonly isResolved?: boolean;
}

export interface ActionDialogProps {
  readonly title: string;
  /** On the button that does it. */
  readonly label: string;
  readonly preview: () => Promise<Preview>;
  readonly act: (why: string) => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

type State =
  | { readonly kind: "looking" }
  | { readonly kind: "asking"; readonly preview: Preview }
  | { readonly kind: "acting"; readonly preview: Preview }
  | { readonly kind: "refused"; readonly problem: Problem; readonly preview?: Preview };

/** Shows the dry run of an act, asks why, then does it. What is done is in the message's history, with the why. */
export function ActionDialog({ title, label, preview: look, act, onClose, children }: ActionDialogProps) {
  const [state, setState] = useState<State>({ kind: "looking" });
  const [why, setWhy] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const hint = useId();
  const refused = (error: unknown, preview?: Preview) =>
    setState({ kind: "refused", problem: toProblem(error), ...(preview === undefined ? {} : { preview }) });

  // The dry run is made once, when the dialog opens.
  useEffect(() => {
    look().then((preview) => setState({ kind: "asking", preview }), refused);
  }, []);
  const preview = state.kind === "looking" ? undefined : state.preview;
  const isPossible = preview?.isPossible === true;
  // Before it is painted: whoever sees the field may type.
  useLayoutEffect(() => {
    if (isPossible) field.current?.focus();
  }, [isPossible]);

  const submit = (event: Event) => {
    event.preventDefault();
    if (preview === undefined || why.trim() === "" || state.kind === "acting") return;
    setState({ kind: "acting", preview });
    act(why.trim()).catch((error: unknown) => refused(error, preview));
  };
  return (
    <Modal title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <section class="preview" aria-live="polite" aria-label="Dry run">
          {state.kind === "looking" && <p class="soft loading">Finding out what it would do …</p>}
          {preview?.text}
        </section>
        {state.kind === "refused" && <ProblemAlert problem={state.problem} what="this" />}
        {isPossible && (
          <>
            {children}
            <label class="line">
              <span>Why</span>
              <input
                ref={field}
                value={why}
                maxLength={500}
                required
                aria-describedby={hint}
                onInput={({ currentTarget }) => setWhy(currentTarget.value)}
              />
            </label>
            <p id={hint} class="hint">
              Goes into the history, with your name and the time.
            </p>
          </>
        )}
        <p class="acts">
          {isPossible && (
            <button type="submit" class="strong" disabled={why.trim() === "" || state.kind === "acting"}>
              {state.kind === "acting" ? "Working …" : label}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {isPossible ? "Leave it" : "Close"}
          </button>
        </p>
      </form>
    </Modal>
  );
}
