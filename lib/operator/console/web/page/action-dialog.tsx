import type { ComponentChildren } from "preact";
import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Problem, toProblem } from "../fetch-json.ts";
import { TargetInfo } from "../target-info.ts";
import { Modal } from "./modal.tsx";
import { CLOSED_EARLY, NoAnswerYet } from "./no-answer-yet.tsx";
import { ProblemAlert } from "./states.tsx";

/** The result of a dry run. */
export interface Preview {
  readonly text: ComponentChildren;
  /** false: the API would refuse the action. */
  readonly isPossible: boolean;
  /** true: the message would be resolved without being sent. */
  readonly isResolved?: boolean;
}

export interface ActionDialogProps {
  readonly title: string;
  /** Label of the submit button. */
  readonly label: string;
  readonly preview: () => Promise<Preview>;
  readonly action: (why: string) => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

type State =
  | { readonly kind: "previewing" }
  | { readonly kind: "ready"; readonly preview: Preview }
  | { readonly kind: "submitting"; readonly preview: Preview }
  | { readonly kind: "refused"; readonly problem: Problem; readonly preview?: Preview };

/** Shows the dry run of an action, asks for a reason, then performs it. The history keeps the reason. */
export function ActionDialog({
  title,
  label,
  preview: dryRun,
  action,
  onClose,
  children,
}: ActionDialogProps) {
  const [state, setState] = useState<State>({ kind: "previewing" });
  const [why, setWhy] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  const hint = useId();
  const { announce } = useContext(TargetInfo);
  const refused = (error: unknown, preview?: Preview) =>
    setState({ kind: "refused", problem: toProblem(error), ...(preview === undefined ? {} : { preview }) });

  const look = () => {
    setState({ kind: "previewing" });
    dryRun().then((preview) => setState({ kind: "ready", preview }), refused);
  };
  useEffect(look, []);
  const preview = state.kind === "previewing" ? undefined : state.preview;
  const hasNoPreview = state.kind === "refused" && preview === undefined;
  // A conflict repeats: the message is not as the dialog shows it.
  const isConflict = state.kind === "refused" && state.problem.status === 409;
  const isPossible = preview?.isPossible === true && !isConflict;
  // Before the field is painted, so that the first key is not lost.
  useLayoutEffect(() => {
    if (isPossible) field.current?.focus();
  }, [isPossible]);

  // The field that had the focus is gone.
  useLayoutEffect(() => {
    if (isConflict) closeButton.current?.focus();
  }, [isConflict]);

  const close = () => {
    if (state.kind === "submitting") announce(CLOSED_EARLY);
    onClose();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (preview === undefined || why.trim() === "" || state.kind === "submitting") return;
    setState({ kind: "submitting", preview });
    action(why.trim()).catch((error: unknown) => refused(error, preview));
  };
  return (
    <Modal title={title} onClose={close}>
      <form onSubmit={submit}>
        <section class="preview" aria-live="polite" aria-label="Dry run result">
          {state.kind === "previewing" && (
            <>
              <p class="soft loading">Dry run …</p>
              <NoAnswerYet isDryRun />
            </>
          )}
          {preview?.text}
        </section>
        {state.kind === "refused" && <ProblemAlert problem={state.problem} />}
        {hasNoPreview && <p>Nothing was changed.</p>}
        {state.kind === "submitting" && <NoAnswerYet />}
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
              Stored in the history with your name and the time.
            </p>
          </>
        )}
        <p class="acts">
          {isPossible && (
            <button type="submit" class="strong" disabled={why.trim() === "" || state.kind === "submitting"}>
              {state.kind === "submitting" ? "Working …" : label}
            </button>
          )}
          {hasNoPreview && (
            <button
              type="button"
              onClick={() => {
                // This button is gone during the dry run.
                closeButton.current?.focus();
                look();
              }}
            >
              Dry run again
            </button>
          )}
          <button ref={closeButton} type="button" onClick={close}>
            {isPossible && state.kind !== "submitting" ? "Cancel" : "Close"}
          </button>
        </p>
      </form>
    </Modal>
  );
}
